import type { CopyBuffer } from '../../store/copy-buffer.ts';
import type { BodyColumns } from '../decode/body.ts';

export const COPY_BODIES = `COPY culvert.http_bodies
  (request_id, direction, chunk_offset, chunk_bytes, last, encoding, agent_id, data) FROM STDIN (FORMAT binary)`;

const COLUMNS = 8;

/**
 * Writes one row of `http_bodies`.
 *
 * @param message the bytes that hold the chunk's data
 */
export function writeBodyRow(
  rows: CopyBuffer,
  requestId: Buffer,
  agentId: Buffer,
  message: Buffer,
  body: BodyColumns,
): void {
  rows.row(COLUMNS);
  rows.bytes(requestId);
  rows.int2(body.direction);
  rows.int8(body.offset);
  rows.int4(body.dataEnd - body.dataStart);
  rows.boolean(body.last);
  rows.int2(body.encoding);
  rows.bytes(agentId);
  rows.span(message, body.dataStart, body.dataEnd);
}
