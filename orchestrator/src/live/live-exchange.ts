import type { Batch } from '../ingest/decode/batch.ts';
import type { Columns } from '../ingest/decode/columns.ts';
import { SLOT } from '../ingest/decode/exchange-columns.ts';
import { HEADERS_TAG } from '../ingest/rows/exchange-row.ts';
import type { Transaction } from '../query/transaction.ts';
import type { BlockColumn, TransactionColumns } from '../query/tables.ts';

/** All columns but the header blocks, which would keep memory alive beside the heap. */
type LiveRow = Readonly<Omit<TransactionColumns, BlockColumn>>;
type BlockTexts = Readonly<Record<BlockColumn, string | null>>;

/**
 * An exchange, or a part of one, as it waits for viewers: made once for all who want it, of plain values, so that it
 * keeps nothing of the message that it came in.
 */
export interface LiveExchange extends Transaction {
  readonly row: LiveRow;
  readonly blockTexts: BlockTexts;
  /** What it takes in memory, estimated rather too high. */
  readonly bytes: number;
}

const MICROSECONDS = 1_000;

/**
 * Makes an exchange of columns that were just decoded.
 *
 * @param receivedAt Unix time in milliseconds
 */
export function liveExchange(
  batch: Batch,
  requestId: string,
  columns: Columns,
  receivedAt: number,
): LiveExchange {
  const { identity } = batch;
  const startedAt = columns.number(SLOT.started_at);
  const row: LiveRow = {
    request_id: requestId,
    agent_id: batch.key.agentId,
    boot_id: batch.key.bootId,
    cluster: identity.cluster,
    namespace: identity.namespace,
    workload: identity.workload,
    pod: identity.pod,
    node: identity.node,
    received_at: new Date(receivedAt),
    started_at: Number.isNaN(startedAt) ? null : new Date(Math.floor(startedAt / MICROSECONDS)),
    method: name(columns, SLOT.method),
    scheme: name(columns, SLOT.scheme),
    host: name(columns, SLOT.host),
    path: text(columns, SLOT.path),
    url: text(columns, SLOT.url),
    request_target: name(columns, SLOT.request_target),
    http_version: name(columns, SLOT.http_version),
    peer_address: name(columns, SLOT.peer_address),
    captured_port: number(columns, SLOT.captured_port),
    traceparent: name(columns, SLOT.traceparent),
    status: number(columns, SLOT.status),
    reason: name(columns, SLOT.reason),
    response_http_version: name(columns, SLOT.response_http_version),
    first_byte_us: digits(columns, SLOT.first_byte_us),
    duration_us: digits(columns, SLOT.duration_us),
    outcome: number(columns, SLOT.outcome),
    request_end: number(columns, SLOT.request_end),
    response_end: number(columns, SLOT.response_end),
    request_body_bytes: digits(columns, SLOT.request_body_bytes),
    response_body_bytes: digits(columns, SLOT.response_body_bytes),
    request_captured_bytes: digits(columns, SLOT.request_captured_bytes),
    response_captured_bytes: digits(columns, SLOT.response_captured_bytes),
    request_truncated: flag(columns, SLOT.request_truncated),
    response_truncated: flag(columns, SLOT.response_truncated),
    tls_version: name(columns, SLOT.tls_version),
    tls_cipher_suite: name(columns, SLOT.tls_cipher_suite),
    tls_server_name: name(columns, SLOT.tls_server_name),
    tls_alpn: name(columns, SLOT.tls_alpn),
  };
  return finish(
    row,
    eachBlock((column) => headerBlock(columns, SLOT[column])),
  );
}

/** What two parts tell together: of each column the first value that is there, and when the last part came. */
export function mergeExchanges(earlier: LiveExchange, later: LiveExchange): LiveExchange {
  const row: Record<string, unknown> = { ...earlier.row };
  for (const [column, value] of Object.entries(later.row)) row[column] ??= value;
  row['received_at'] = later.row.received_at;
  return finish(
    row as unknown as LiveRow,
    eachBlock((column) => earlier.blockTexts[column] ?? later.blockTexts[column]),
  );
}

/** Whether Postgres would take its texts, which can't hold NUL. */
export function isStorable({ row }: LiveExchange): boolean {
  return !TEXTS.some((column) => row[column]?.includes('\0') === true);
}

const TEXTS = [
  'method',
  'url',
  'request_target',
  'http_version',
  'peer_address',
  'traceparent',
  'reason',
  'response_http_version',
  'tls_version',
  'tls_cipher_suite',
  'tls_server_name',
  'tls_alpn',
] as const;

const BLOCKS = ['request_headers', 'response_headers', 'request_trailers', 'response_trailers'] as const;

/** Measured: 900 for the objects of one exchange. The rest is for what transports hold of each queue. */
const OBJECT_BYTES = 1_500;
const CHARACTER_BYTES = 2;

function finish(row: LiveRow, blockTexts: BlockTexts): LiveExchange {
  let characters = 0;
  for (const column of TEXTS) characters += row[column]?.length ?? 0;
  // The URL's parts are texts of their own.
  characters += row.url?.length ?? 0;
  let blockBytes = 0;
  for (const column of BLOCKS) blockBytes += blockTexts[column]?.length ?? 0;
  return {
    row,
    now: row.received_at.getTime(),
    blockTexts,
    bytes: OBJECT_BYTES + characters * CHARACTER_BYTES + blockBytes,
  };
}

/** A text of which an empty one says that there is none. */
function name(columns: Columns, slot: number): string | null {
  return text(columns, slot) || null;
}

function text(columns: Columns, slot: number): string | null {
  return columns.source(slot)?.toString('utf8', columns.start(slot), columns.end(slot)) ?? null;
}

function number(columns: Columns, slot: number): number | null {
  const value = columns.number(slot);
  return Number.isNaN(value) ? null : value;
}

function digits(columns: Columns, slot: number): string | null {
  const value = columns.number(slot);
  return Number.isNaN(value) ? null : String(value);
}

function flag(columns: Columns, slot: number): boolean | null {
  const value = columns.number(slot);
  return Number.isNaN(value) ? null : value !== 0;
}

function eachBlock(textOf: (column: BlockColumn) => string | null): BlockTexts {
  return {
    request_headers: textOf('request_headers'),
    response_headers: textOf('response_headers'),
    request_trailers: textOf('request_trailers'),
    response_trailers: textOf('response_trailers'),
  };
}

function headerBlock(columns: Columns, slot: number): string | null {
  const bounds = columns.block(slot);
  if (bounds === undefined) return null;
  const source = columns.blockSource(slot);
  let size = 0;
  for (let i = 0; i < bounds.length; i += 2) size += 1 + (bounds[i + 1] as number) - (bounds[i] as number);
  const block = Buffer.allocUnsafe(size);
  const first = (bounds[0] ?? 1) - 1;
  // Agents write header fields one behind the other: they are copied at once, with their tags, which are then changed.
  const together = (bounds.at(-1) ?? 0) - first === size;
  if (together) source.copy(block, 0, first, first + size);
  let position = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    const [start, end] = [bounds[i] as number, bounds[i + 1] as number];
    block[position] = HEADERS_TAG;
    if (!together) source.copy(block, position + 1, start, end);
    position += 1 + end - start;
  }
  return block.toString('latin1');
}
