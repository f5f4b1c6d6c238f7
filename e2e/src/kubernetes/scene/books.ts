import { eventually } from './eventually.ts';
import { query } from './graphql.ts';

/** Books of an agent, as numbers. */
export interface Books {
  readonly connections: number;
  readonly opaqueConnections: number;
  readonly captured: number;
  readonly excluded: number;
  /** What was left out, by `match`, `exclude`, `probe` and `port`. */
  readonly excludedByReason: Readonly<Record<string, number>>;
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly sampledOut: number;
  readonly dropped: number;
  readonly open: number;
  readonly spooled: number;
  readonly inStream: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly lostInCrash: { readonly min: number; readonly max: number };
  readonly balanced: boolean;
}

/** An agent with its books. */
export interface Agent {
  readonly agentId: string;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly role: string;
  readonly state: string;
  readonly configRevision: string | null;
  readonly books: Books;
}

const DOCUMENT = `query($namespaces: [String!]) { agents(filter: { namespaces: $namespaces }) {
  agentId namespace workload pod role state configRevision books {
    connections opaqueConnections captured excluded excludedByReason sampledOut dropped droppedByReason open spooled inStream stored deadLettered
    lostInCrash { min max } balanced
} } }`;

/** The agents of a namespace. */
export async function agentsOf(namespace: string): Promise<Agent[]> {
  const { agents } = await query<{ agents: Agent[] }>(DOCUMENT, { namespaces: [namespace] });
  return agents.map((agent) => ({ ...agent, books: numbers(agent.books) }));
}

/** Waits until the books of a pod's agent are as they should be. */
export async function booksWhen(
  namespace: string,
  pod: string,
  passes: (books: Books) => boolean,
  what: string,
  timeoutMs?: number,
): Promise<Books> {
  const agent = await eventually(
    async () => (await agentsOf(namespace)).find((one) => one.pod === pod),
    (one) => one !== undefined && passes(one.books),
    what,
    timeoutMs,
  );
  return (agent as Agent).books;
}

/** Big integers come as texts. */
function numbers<T>(value: T): T {
  if (typeof value === 'string') return Number(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbers<unknown>(inner)])) as T;
}
