import type { BootBooks } from '../books/boot.ts';
import type { AgentBooksColumns } from './tables.ts';

/** Makes numbers of a row of `agent_books`. Counts stay far below 2^53. */
export function bootBooks(row: AgentBooksColumns): BootBooks {
  return {
    bootId: row.boot_id,
    reportedAt: row.reported_at?.getTime(),
    closing: row.closing,
    crashed:
      row.crashed_captured_max === null
        ? undefined
        : { min: Number(row.crashed_captured_min ?? 0), max: Number(row.crashed_captured_max) },
    connections: Number(row.connections),
    opaqueConnections: Number(row.opaque_connections),
    captured: Number(row.captured),
    excludedByReason: counts(row.excluded_by_reason),
    sampledOut: Number(row.sampled_out),
    truncated: Number(row.truncated),
    droppedByReason: counts(row.dropped_by_reason),
    open: Number(row.open),
    spooled: Number(row.spooled),
    published: Number(row.published),
    acknowledged: Number(row.acknowledged),
    lastSequence: Number(row.last_sequence),
    stored: Number(row.stored),
    deadLettered: Number(row.dead_lettered),
    requeueing: Number(row.requeueing),
    duplicatesDiscarded: Number(row.duplicates_discarded),
    ingestedSequence: Number(row.ingested_sequence),
  };
}

function counts(byReason: Record<string, number | string>): Record<string, number> {
  return Object.fromEntries(Object.entries(byReason).map(([reason, count]) => [reason, Number(count)]));
}
