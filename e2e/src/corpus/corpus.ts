import { aborts } from './aborts.ts';
import { chunked } from './chunked.ts';
import { connection } from './connection.ts';
import { contentLength } from './content-length.ts';
import type { Conversation, Side } from './conversation.ts';
import { earlyAnswers } from './early-answers.ts';
import { fields } from './fields.ts';
import { interim } from './interim.ts';
import { large } from './large.ts';
import { otherProtocols } from './other-protocols.ts';
import { refusedFraming } from './refused-framing.ts';
import { refusedRequests } from './refused-requests.ts';
import { refusedResponses } from './refused-responses.ts';
import { requestLines } from './request-lines.ts';
import { streaming } from './streaming.ts';
import { upgrade } from './upgrade.ts';

/** Raw conversations of every kind that a capturing port meets, small ones first, each with what is to be recorded. */
export const conversations: readonly Conversation[] = [
  ...[
    contentLength,
    chunked,
    interim,
    earlyAnswers,
    connection,
    requestLines,
    fields,
    upgrade,
    streaming,
    aborts,
  ],
  ...[refusedRequests, refusedFraming, refusedResponses, otherProtocols, large],
].flat();

/** All bytes that one side sends. */
export function bytesFrom(conversation: Conversation, side: Side): Buffer {
  const chunks = conversation.steps.map((step) =>
    'bytes' in step && step.from === side ? step.bytes : Buffer.alloc(0),
  );
  return Buffer.concat(chunks);
}
