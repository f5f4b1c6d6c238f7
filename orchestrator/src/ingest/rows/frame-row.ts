import type { CopyBuffer } from '../../store/copy-buffer.ts';
import type { FrameColumns } from '../decode/frame.ts';

export const COPY_FRAMES = `COPY culvert.websocket_frames
  (request_id, frame_index, agent_id, at, direction, opcode, fin, event, event_id, payload_bytes, truncated, payload)
  FROM STDIN (FORMAT binary)`;

const COLUMNS = 12;

/**
 * Writes one row of `websocket_frames`.
 *
 * @param unixMs when the exchange began, for frames that have no time of their own
 */
export function writeFrameRow(
  rows: CopyBuffer,
  requestId: Buffer,
  unixMs: number,
  agentId: Buffer,
  frame: FrameColumns,
): void {
  rows.row(COLUMNS);
  rows.bytes(requestId);
  rows.int8(frame.index);
  rows.bytes(agentId);
  rows.time(frame.at ?? unixMs * 1_000);
  rows.int2(frame.direction);
  rows.int2(frame.opcode);
  rows.boolean(frame.fin);
  rows.bytes(frame.event);
  rows.bytes(frame.eventId);
  rows.int8(frame.payloadBytes);
  rows.boolean(frame.truncated);
  rows.bytes(frame.payload);
}
