import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import { formatRequeued, REQUEUED_HEADER } from '../ingest/decode/requeued.ts';
import type { TakenLetter } from './take.ts';

/** The boot of messages that name none. */
const NO_BOOT = '00000000-0000-0000-0000-000000000000';

/**
 * The headers with which a letter goes back: the key of what it holds, as its agent would have sent it, and the
 * letter that it comes from.
 *
 * @param now Unix time in milliseconds
 */
export function letterHeaders(letter: TakenLetter, now: number): Readonly<Record<string, string>> {
  const whole = letter.event_index < 0;
  const first = Number(letter.first_sequence) + Math.max(0, letter.event_index);
  return {
    [REQUEUED_HEADER]: formatRequeued({ id: letter.dead_letter_id, token: letter.requeue_token }),
    // The same for as long as it is one attempt: the stream takes it once, however often it is sent.
    [BATCH_HEADERS.messageId]: `dead-letter/${letter.dead_letter_id}/${letter.requeue_token}/${letter.requeue_attempts}`,
    [BATCH_HEADERS.publishedAt]: now.toFixed(3),
    ...(letter.boot_id !== NO_BOOT && {
      [BATCH_HEADERS.agent]: letter.agent_id,
      [BATCH_HEADERS.boot]: letter.boot_id.replaceAll('-', ''),
      [BATCH_HEADERS.kind]: String(letter.kind),
      [BATCH_HEADERS.firstSequence]: String(first),
      [BATCH_HEADERS.count]: String(whole ? letter.event_count : 1),
    }),
  };
}
