import { quote } from './quote.ts';
import { INJECTION_MODES, type InjectionMode, type PodFacts } from './facts.ts';

const LEVELS_WITHOUT_NET_ADMIN: readonly string[] = ['baseline', 'restricted'];

/** Whether the level that a namespace enforces refuses the container that redirects. */
function refusesRedirect({ podSecurity }: PodFacts): boolean {
  return podSecurity !== undefined && LEVELS_WITHOUT_NET_ADMIN.includes(podSecurity);
}

/** Whether neither mode would work: a redirect is refused, and port names can't move. */
export function isOutOfReach(facts: PodFacts): boolean {
  const asked = INJECTION_MODES.find((mode) => mode === facts.modeAnnotation);
  return facts.modeSetting === 'RedirectOnly' && asked === undefined && refusesRedirect(facts);
}

/**
 * Chooses how traffic gets to the sidecar. The pod's annotation wins over the installation's setting, and that over
 * the Pod Security level that the namespace enforces.
 *
 * @returns the mode, and a sentence for each thing that its author should know
 */
export function chooseMode(facts: PodFacts): {
  readonly mode: InjectionMode;
  readonly warnings: readonly string[];
  /** Why the API server will refuse the pod, as far as can be told. */
  readonly denial: string | undefined;
} {
  const { podSecurity, modeAnnotation, modeSetting } = facts;
  const refused = refusesRedirect(facts);
  const automatic = refused && modeSetting === 'auto' ? 'NamedPorts' : 'Redirect';
  const asked = INJECTION_MODES.find((mode) => mode === modeAnnotation);
  const isChoice = modeSetting === 'auto' || modeSetting === 'RedirectOnly';
  const mode = asked ?? (isChoice ? automatic : modeSetting);
  const warnings: string[] = [];
  if (modeAnnotation !== undefined && asked === undefined) {
    warnings.push(
      `annotation culvert.dev/mode must be ${INJECTION_MODES.join(' or ')}, not ${quote(modeAnnotation)}; it counts as not set`,
    );
  }
  if (mode !== 'Redirect' || !refused) return { mode, warnings, denial: undefined };
  const denial =
    `namespace ${facts.namespace} enforces Pod Security level ${String(podSecurity)}, which refuses the capability NET_ADMIN of the container culvert-redirect: ` +
    (asked === undefined
      ? "set the installation's injection mode to auto, or annotate the pod with culvert.dev/mode: NamedPorts"
      : 'remove the annotation culvert.dev/mode or set it to NamedPorts');
  return { mode, warnings: [...warnings, denial], denial };
}
