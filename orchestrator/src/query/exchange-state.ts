import { Outcome } from '@culvert/proto';

export const EXCHANGE_STATES = [
  'OPEN',
  'COMPLETE',
  'INCOMPLETE',
  'CLIENT_ABORTED',
  'UPSTREAM_ABORTED',
  'UPGRADED',
] as const;
export type ExchangeState = (typeof EXCHANGE_STATES)[number];

/** Without a heartbeat for so long, an agent counts as silent, then as gone. In milliseconds. */
export const SILENT_AFTER_MS = 15_000;
export const GONE_AFTER_MS = 60_000;

/** What decides whether an exchange is still open. Times are Unix times in milliseconds. */
export interface ExchangeFacts {
  readonly outcome: number | null;
  readonly bootId: string;
  readonly startedAt: number;
  readonly receivedAt: number;
  /** The exchange's agent as its newest heartbeat told; undefined when it never sent one. */
  readonly agent: { readonly bootId: string; readonly lastSeen: number } | undefined;
}

/** The state of an exchange at the Unix time `now`, in milliseconds. */
export function exchangeState(facts: ExchangeFacts, now: number): ExchangeState {
  switch (facts.outcome) {
    case Outcome.OUTCOME_COMPLETE:
      return 'COMPLETE';
    case Outcome.OUTCOME_CLIENT_ABORTED:
      return 'CLIENT_ABORTED';
    case Outcome.OUTCOME_UPSTREAM_ABORTED:
      return 'UPSTREAM_ABORTED';
    case Outcome.OUTCOME_UPGRADED:
      return 'UPGRADED';
    case null:
    case Outcome.OUTCOME_UNSPECIFIED:
      return canStillEnd(facts, now) ? 'OPEN' : 'INCOMPLETE';
    default:
      return 'INCOMPLETE';
  }
}

function canStillEnd({ agent, ...exchange }: ExchangeFacts, now: number): boolean {
  if (agent === undefined) return now - exchange.receivedAt <= GONE_AFTER_MS;
  if (now - agent.lastSeen > GONE_AFTER_MS) return false;
  // Another boot is newer than the exchange's only if it was seen after the exchange began: before its first
  // heartbeat, a boot's exchanges stand beside the last heartbeat of the boot before it.
  return agent.bootId === exchange.bootId || agent.lastSeen < exchange.startedAt;
}
