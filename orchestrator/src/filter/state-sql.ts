import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { Outcome } from '@culvert/proto';
import { GONE_AFTER_MS, type ExchangeState } from '../query/exchange-state.ts';

const ENDED: Readonly<Partial<Record<ExchangeState, Outcome>>> = {
  COMPLETE: Outcome.OUTCOME_COMPLETE,
  CLIENT_ABORTED: Outcome.OUTCOME_CLIENT_ABORTED,
  UPSTREAM_ABORTED: Outcome.OUTCOME_UPSTREAM_ABORTED,
  UPGRADED: Outcome.OUTCOME_UPGRADED,
};

/** Those above and 0 are all up to this one; what lies beyond counts as incomplete. */
const LAST_KNOWN = Outcome.OUTCOME_UPGRADED;
/** Outcomes that say nothing of their own. */
const UNENDED = sql<SqlBool>`(outcome IS NULL OR outcome = ${sql.lit(Outcome.OUTCOME_UNSPECIFIED)})`;

/**
 * Writes a choice of states as SQL that says what `exchangeState` says.
 *
 * @param now Unix time in milliseconds
 */
export function stateCondition(states: readonly ExchangeState[], now: number): RawBuilder<SqlBool> {
  const wanted = new Set(states);
  const alternatives: RawBuilder<SqlBool>[] = [];
  for (const [state, outcome] of Object.entries(ENDED))
    if (wanted.has(state as ExchangeState)) alternatives.push(sql`outcome = ${sql.lit(outcome)}`);
  const open = wanted.has('OPEN');
  const incomplete = wanted.has('INCOMPLETE');
  if (open && incomplete) alternatives.push(UNENDED);
  else if (open) alternatives.push(sql`(${UNENDED} AND ${canStillEnd(now)})`);
  else if (incomplete) alternatives.push(sql`(${UNENDED} AND NOT ${canStillEnd(now)})`);
  if (incomplete) alternatives.push(sql`outcome < 0`, sql`outcome > ${sql.lit(LAST_KNOWN)}`);
  const any = sql<SqlBool>`(${sql.join(alternatives, sql` OR `)})`;
  // Nearly all exchanges are complete: the index holds the others, and is found by its own words.
  return wanted.has('COMPLETE')
    ? any
    : sql`(outcome IS DISTINCT FROM ${sql.lit(Outcome.OUTCOME_COMPLETE)} AND ${any})`;
}

/** Whether a state is one outcome that is not the usual one: the index holds these in the order of ids. */
export function isAbnormalEnd(state: ExchangeState | undefined): boolean {
  return state !== undefined && state !== 'COMPLETE' && ENDED[state] !== undefined;
}

/** Times are compared by their milliseconds, which is as much as JavaScript reads of them. */
function canStillEnd(now: number): RawBuilder<SqlBool> {
  const earliest = new Date(now - GONE_AFTER_MS);
  return sql`coalesce(
    (SELECT agents.last_seen >= ${earliest}
        AND (agents.boot_id = exchanges.boot_id
          OR date_trunc('milliseconds', agents.last_seen) < coalesce(date_trunc('milliseconds', exchanges.started_at), ${TIME_OF_ID}))
      FROM culvert.agents WHERE agents.agent_id = exchanges.agent_id),
    exchanges.received_at >= ${earliest})`;
}

/** The first 48 bits of a request id are milliseconds. */
const TIME_OF_ID = sql`to_timestamp(('x' || left(replace(exchanges.request_id::text, '-', ''), 12))::bit(48)::int8 / 1000.0)`;
