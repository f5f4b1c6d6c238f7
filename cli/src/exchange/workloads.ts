import type { GraphqlClient } from '../client/graphql.ts';
import { Mistake } from '../command-line/mistake.ts';
import { nearest } from '../command-line/nearest.ts';
import { type AskedWorkload, workloadName } from '../values/workload.ts';

/** What an agent announces of where it runs; texts are empty where it doesn't know. */
export interface Announced {
  readonly agentId: string;
  readonly namespace: string | null;
  readonly workload: string | null;
}

/** Conditions on exchanges, or counts. What is undefined doesn't narrow. */
export interface ChosenWorkloads {
  readonly workloads?: readonly string[];
  readonly namespaces?: readonly string[];
}

const AGENTS = 'query CliWorkloads { agents { agentId namespace workload } }';

/**
 * Finds the workloads that are asked for. Only what is not given whole has to be looked up.
 *
 * @param namespaces what --namespace says
 * @throws Mistake when there are none, or one request can't ask for all of them
 */
export async function findWorkloads(
  client: GraphqlClient,
  asked: readonly AskedWorkload[] | undefined,
  namespaces: readonly string[] | undefined,
): Promise<ChosenWorkloads> {
  const given = namespaces === undefined ? {} : { namespaces };
  if (asked === undefined) return given;
  const lookup = asked.some(({ kind }) => kind === 'part');
  const { agents } = lookup
    ? await client.ask<{ agents?: readonly Announced[] }>(AGENTS, {})
    : { agents: undefined };
  return { ...given, ...chooseWorkloads(asked, agents ?? [], namespaces) };
}

/** The same, from what agents announce. */
export function chooseWorkloads(
  asked: readonly AskedWorkload[],
  agents: readonly Announced[],
  namespaces: readonly string[] | undefined,
): ChosenWorkloads {
  const found = asked.map((one) => (one.kind === 'whole' ? one : lookedUp(one.text, agents)));
  const workloads = [
    ...new Set(found.flatMap((one) => ('workloads' in one ? one.workloads : [one.workload]))),
  ];
  const [first] = found;
  const namespace = first?.namespace;
  if (found.some((one) => one.namespace !== namespace))
    throw new Mistake(
      '--workload can not ask for workloads of several namespaces at once: ask for those of each namespace apart',
    );
  if (namespace === undefined) return { workloads };
  if (namespaces?.includes(namespace) === false)
    throw new Mistake(
      `--workload asks for the namespace ${namespace}, and --namespace for ${namespaces.join(', ')}: no exchange can match both`,
    );
  return { workloads, namespaces: [namespace] };
}

/** All that a text may mean: the first way of reading it that leads to something counts. */
function lookedUp(
  text: string,
  agents: readonly Announced[],
): { readonly workloads: readonly string[]; readonly namespace?: string } {
  const known = agents.filter(({ workload }) => isNamed(workload));
  const workloadsOf = (chosen: readonly Announced[]): string[] => [
    ...new Set(chosen.map(({ workload }) => workload ?? '')),
  ];
  const exact = known.filter(({ workload }) => workload === text);
  if (exact.length > 0) return { workloads: [text] };
  const slash = text.indexOf('/');
  const [namespace, name] = [text.slice(0, slash), text.slice(slash + 1)];
  const inNamespace = known.filter((one) => one.namespace === namespace && isCalled(one, name));
  if (slash > 0 && inNamespace.length > 0) return { workloads: workloadsOf(inNamespace), namespace };
  const anywhere = known.filter((one) => isCalled(one, text));
  if (anywhere.length > 0) return { workloads: workloadsOf(anywhere) };
  throw new Mistake(`--workload ${JSON.stringify(text)} ${unknown(text, name, agents)}`);
}

function isNamed(workload: string | null): boolean {
  return workload !== null && workload !== '';
}

/** By its name, or as kubectl takes it, with a kind in lower case. */
function isCalled({ workload }: Announced, name: string): boolean {
  const own = workload ?? '';
  return own === name || workloadName(own) === name || own.toLowerCase() === name.toLowerCase();
}

function unknown(text: string, name: string, agents: readonly Announced[]): string {
  const agent = agents.find(({ agentId, workload }) => !isNamed(workload) && [text, name].includes(agentId));
  if (agent !== undefined)
    return `is an agent without a workload; did you mean --agent ${JSON.stringify(agent.agentId)}?`;
  const forms = agents
    .filter(({ workload }) => isNamed(workload))
    .map(({ namespace, workload }) => `${namespace ?? ''}/${workloadName(workload ?? '')}`);
  const close = nearest(text, forms);
  return `is no workload that an agent has announced: ${close === undefined ? '' : `did you mean ${close}? `}Give KIND/NAME, such as Deployment/cart, or NAMESPACE/NAME as tables show it`;
}
