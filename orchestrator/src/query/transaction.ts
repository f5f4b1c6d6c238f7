import { requestIdTime } from '@culvert/traffic/request-id';
import type { StoredChunk } from './body-text.ts';
import { bodyState, type BodyState } from './body-state.ts';
import { exchangeState, type ExchangeState } from './exchange-state.ts';
import { messageEnd, type KnownEnd } from './message-end.ts';
import type { Side } from './read-plan.ts';
import type { BlockColumn, TransactionColumns } from './tables.ts';

/** A row with the columns that its query asked for. */
export type TransactionRow = Pick<TransactionColumns, 'request_id'> & Partial<TransactionColumns>;

/** An exchange as far as it was read for a query. Times are Unix times in milliseconds. */
export interface Transaction {
  readonly row: TransactionRow;
  /** The moment for which states are told: one for all exchanges of an answer. */
  readonly now: number;
  readonly agent?: { readonly bootId: string; readonly lastSeen: number } | undefined;
  /** How much is stored of bodies of which not all is that was captured; undefined where nobody asked the store. */
  readonly shortBodies?: Readonly<Partial<Record<Side, number>>>;
  readonly chunks?: Readonly<Partial<Record<Side, readonly StoredChunk[]>>>;
  /** Header blocks that do not come from the row: texts whose characters are their bytes. */
  readonly blockTexts?: Readonly<Record<BlockColumn, string | null>>;
}

/** The encoded HeaderBlock of a side; null when no head was captured. */
export function headersOf(transaction: Transaction, side: Side): Buffer | null {
  return blockOf(transaction, `${side}_headers`);
}

/** The same for its trailers; null when there are none, too. */
export function trailersOf(transaction: Transaction, side: Side): Buffer | null {
  return blockOf(transaction, `${side}_trailers`);
}

function blockOf({ row, blockTexts }: Transaction, column: BlockColumn): Buffer | null {
  const text = blockTexts?.[column];
  return text == null ? (row[column] ?? null) : Buffer.from(text, 'latin1');
}

/**
 * The reason phrase of a response's status line, each byte as the latin1 character of its number: empty where the line
 * has none, null where no response head was read. An empty one is not stored.
 */
export function reasonPhraseOf({ row }: Transaction): string | null {
  return row.reason ?? (row.status == null ? null : '');
}

/**
 * When the request's first byte arrived. Before the request itself has come (a response may overtake it), the id
 * tells: it was minted at that moment.
 */
export function startedAt(row: TransactionRow): number {
  return row.started_at?.getTime() ?? requestIdTime(row.request_id) ?? 0;
}

/** Whether the exchange is open, and if not how it ended. */
export function stateOf({ row, agent, now }: Transaction): ExchangeState {
  const facts = {
    outcome: row.outcome ?? null,
    bootId: row.boot_id ?? '',
    startedAt: startedAt(row),
    receivedAt: row.received_at?.getTime() ?? 0,
    agent,
  };
  return exchangeState(facts, now);
}

/** How one message of an exchange ended on the wire. */
function endOf(row: TransactionRow, side: Side): KnownEnd {
  return messageEnd(row[`${side}_end`] ?? null, row.outcome ?? null);
}

/**
 * How many bytes of a body passed, as decimal text; null where nobody knows. The end of an exchange tells 0 also for a
 * message of which nothing was read.
 */
export function bodyBytesOf({ row }: Transaction, side: Side): string | null {
  const bytes = row[`${side}_body_bytes`] ?? null;
  if (bytes !== '0') return bytes;
  const end = endOf(row, side);
  const headRead = side === 'request' || row.status != null;
  return end === 'whole' || (end === 'cut' && headRead) ? bytes : null;
}

/** Whether a body is known to be empty. */
export function hasEmptyBody({ row }: Transaction, side: Side): boolean {
  return row[`${side}_body_bytes`] === '0' && endOf(row, side) === 'whole';
}

/** How much of a body is there. */
export function bodyStateOf(transaction: Transaction, side: Side): BodyState {
  const { row, now } = transaction;
  const capturedBytes = Number(row[`${side}_captured_bytes`] ?? 0);
  const stored = transaction.shortBodies === undefined ? 0 : capturedBytes;
  return bodyState(
    {
      exchange: stateOf(transaction),
      ended: (row.outcome ?? 0) !== 0,
      messageEnd: endOf(row, side),
      totalBytes: Number(row[`${side}_body_bytes`] ?? 0),
      capturedBytes,
      storedBytes: transaction.shortBodies?.[side] ?? stored,
      receivedAt: row.received_at?.getTime() ?? 0,
    },
    now,
  );
}

/** Microseconds from the database as milliseconds; null while unknown. */
export function milliseconds(microseconds: string | null | undefined): number | null {
  return microseconds == null ? null : Number(microseconds) / 1_000;
}
