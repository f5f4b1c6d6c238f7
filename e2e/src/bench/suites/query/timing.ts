import type { GraphqlClient } from '../../orchestrator/graphql-client.ts';
import { median } from '../../statistics.ts';
import type { Case } from './cases.ts';

/** How long a query took, in milliseconds. */
export interface Timing {
  readonly name: string;
  readonly median: number;
  readonly slowest: number;
  /** Edges or groups of the answer. */
  readonly rows: number;
  /** Why it was not answered, at least once. */
  readonly problem: string | undefined;
}

interface Counted {
  readonly transactions?: { readonly nodes: readonly unknown[] };
  readonly transactionStats?: { readonly groups: readonly unknown[] };
}

/** Asks each of some queries so many times, in turns, after once that doesn't count. */
export async function timeCases(
  client: GraphqlClient,
  cases: readonly Case[],
  repeats: number,
): Promise<readonly Timing[]> {
  const found = cases.map(({ name }) => ({
    name,
    ms: [] as number[],
    rows: 0,
    problem: undefined as string | undefined,
  }));
  for (let round = 0; round <= repeats; round++)
    for (const [index, { query, variables }] of cases.entries()) {
      const entry = found[index];
      if (entry === undefined) continue;
      const { data, problem, ms } = await client.ask<Counted>(query, variables);
      if (round > 0 || repeats === 0) entry.ms.push(ms);
      entry.problem ??= problem;
      entry.rows = data?.transactions?.nodes.length ?? data?.transactionStats?.groups.length ?? 0;
    }
  return found.map(({ ms, ...rest }) => ({ ...rest, median: median(ms), slowest: Math.max(...ms) }));
}

/** Until both processes have compiled what they run. */
const WARM_UP = 500;

/** A timed query against another that differs in where it is asked. */
export interface Comparison {
  readonly baseMs: number;
  readonly ms: number;
  readonly problem: string | undefined;
}

/** Asks the same of two, in turns. */
export async function compare(
  base: GraphqlClient,
  other: GraphqlClient,
  { query, variables }: Pick<Case, 'query' | 'variables'>,
  repeats: number,
): Promise<Comparison> {
  const [baseMs, otherMs]: [number[], number[]] = [[], []];
  let problem: string | undefined;
  for (let round = -WARM_UP; round < repeats; round++)
    // Who is asked first changes, so that neither always has the warmer caches.
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const answer = await (which === 0 ? base : other).ask(query, variables);
      problem ??= answer.problem;
      if (round >= 0) (which === 0 ? baseMs : otherMs).push(answer.ms);
    }
  return { baseMs: median(baseMs), ms: median(otherMs), problem };
}
