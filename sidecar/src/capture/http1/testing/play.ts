import type { Step } from '@culvert/e2e/corpus/conversation';
import { ConversationRecorder, type Played } from './conversation-recorder.ts';

/** Gives the steps of a conversation to a pair of parsers, in order, each step's bytes as one chunk. */
export function play(steps: readonly Step[]): Played {
  const recorder = new ConversationRecorder();
  for (const step of steps) {
    if ('bytes' in step) recorder.feed(step.from, step.bytes);
    else if ('end' in step) recorder.end(step.from);
    else recorder.close(step.from);
  }
  return recorder.result();
}

/** The same steps with the bytes of one of them cut in two. */
export function cutAt(steps: readonly Step[], index: number, offset: number): Step[] {
  return steps.flatMap((step, position): Step[] => {
    if (position !== index || !('bytes' in step)) return [step];
    return [
      { from: step.from, bytes: step.bytes.subarray(0, offset) },
      { from: step.from, bytes: step.bytes.subarray(offset) },
    ];
  });
}

/** The same steps, every byte on its own. */
export function cutEverywhere(steps: readonly Step[]): Step[] {
  return steps.flatMap((step): Step[] => {
    if (!('bytes' in step)) return [step];
    return Array.from(step.bytes, (byte): Step => ({ from: step.from, bytes: Buffer.from([byte]) }));
  });
}
