import { matchesRow } from '../filter/match.ts';
import type { Batch } from '../ingest/decode/batch.ts';
import type { Columns } from '../ingest/decode/columns.ts';
import { SLOT } from '../ingest/decode/exchange-columns.ts';
import { exchangeState, type ExchangeState } from '../query/exchange-state.ts';
import type { Viewer } from './hub.ts';
import { isStorable, liveExchange, type LiveExchange } from './live-exchange.ts';
import { hasEnded, type OpenExchanges } from './open-exchanges.ts';
import type { DecodedEvent } from './read-events.ts';
import type { TrafficUpdate, Wants } from './traffic-update.ts';

type Viewers = readonly Viewer<Wants, TrafficUpdate>[];

/** Hands a whole exchange to those of the viewers whom it matches; unless there is one, no object is made of it. */
export function showWhole(
  viewers: Viewers,
  batch: Batch,
  columns: Columns,
  event: DecodedEvent,
  now: number,
): void {
  const state = liveState(columns.number(SLOT.outcome), event.startedAt, now);
  let exchange: LiveExchange | undefined;
  for (const { wants, push } of viewers) {
    if (!wants.matcher.exchange(columns, event.startedAt, state)) continue;
    exchange ??= liveExchange(batch, requestId(batch, event), columns, now);
    if (!isStorable(exchange)) return;
    push(exchange);
  }
}

/**
 * Adds a part to its exchange and hands this to those whom it matches now: the first time that it does, and whenever
 * it has ended. A filter on what is not known yet holds an open exchange back in this way.
 */
export function showPart(
  viewers: Viewers,
  open: OpenExchanges,
  batch: Batch,
  columns: Columns,
  event: DecodedEvent,
  now: number,
): void {
  const part = liveExchange(batch, requestId(batch, event), columns, now);
  if (!isStorable(part)) return;
  const { before, after } = open.add(part);
  for (const { wants, push } of viewers) {
    if (!matchesRow(wants.matcher, after)) continue;
    if (hasEnded(after) || before === undefined || !matchesRow(wants.matcher, before)) push(after);
  }
}

/** The state of an exchange that has just come, as answers would tell it. */
function liveState(outcome: number, startedAt: number, now: number): ExchangeState {
  return exchangeState(
    {
      outcome: Number.isNaN(outcome) ? null : outcome,
      bootId: '',
      startedAt,
      receivedAt: now,
      agent: undefined,
    },
    now,
  );
}

function requestId(batch: Batch, { idStart, idEnd }: DecodedEvent): string {
  return batch.bytes.toString('latin1', idStart, idEnd);
}
