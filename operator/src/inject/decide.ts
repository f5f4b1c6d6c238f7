import type { InjectionMode, PodFacts } from './facts.ts';
import { chooseMode } from './mode.ts';
import { reachableByName } from './named-ports.ts';
import { readOptIn } from './opt-in.ts';
import { REFUSALS, type RefusalReason } from './refusals.ts';

/** What to do with a pod. */
export type Decision =
  | {
      readonly inject: true;
      readonly mode: InjectionMode;
      /** Captured ports in order: the sidecar listens for the first on 15900, for the next on 15901 … */
      readonly ports: readonly number[];
      readonly warnings: readonly string[];
      /** Why the API server will refuse the pod although it is made as asked for. */
      readonly denial?: string;
    }
  | {
      readonly inject: false;
      readonly reason: RefusalReason;
      /** One sentence: why, and what to do about it where something can be done. */
      readonly message: string;
      /** Whether the pod's author asked for something else than what happens, and should hear of it. */
      readonly warn: boolean;
      readonly warnings: readonly string[];
    };

/**
 * Decides whether and how a pod gets the sidecar, at admission and, for the status of policies, about pods that run
 * without it: one that would be injected was made before it was opted in, or while the webhook was away.
 */
export function decideInjection(facts: PodFacts): Decision {
  for (const { reason, warn, refuses } of REFUSALS) {
    const message = refuses(facts);
    if (message === undefined) continue;
    const labels = reason === 'AlreadyInjected' || reason === 'InvalidLabel' ? [] : readOptIn(facts).warnings;
    return {
      inject: false,
      reason,
      message,
      warn,
      warnings: [...labels, ...(warn ? [`not injected (${reason}): ${message}`] : [])],
    };
  }
  const { mode, warnings, denial } = chooseMode(facts);
  const ports =
    mode === 'NamedPorts' ? reachableByName(facts.ports, facts.portsToCapture) : facts.portsToCapture;
  return {
    inject: true,
    mode,
    ports,
    warnings: [...readOptIn(facts).warnings, ...warnings, ...left(facts, ports)],
    ...(denial !== undefined && { denial }),
  };
}

/** Says which ports should be captured and can't be. */
function left(facts: PodFacts, captured: readonly number[]): readonly string[] {
  const missed = facts.portsToCapture.filter((port) => !captured.includes(port));
  if (missed.length === 0) return [];
  return [
    `port ${missed.join(', ')} is not captured (NumericTargetPort): without NET_ADMIN only named ports are; name the containerPort and let Services target it by name`,
  ];
}
