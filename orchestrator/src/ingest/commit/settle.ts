import type { DeadLetter } from '../dead-letter.ts';
import type { BatchPlan } from '../plan.ts';
import { createBookEntries, type BookEntry } from './books.ts';
import type { RequeuedOutcome } from './requeued.ts';

/** What became of a set. */
export interface Outcome {
  /** Batches that are stored now, except for what was refused. */
  readonly fresh: readonly BatchPlan[];
  /** Batches that had been stored before. */
  readonly discarded: readonly BatchPlan[];
  /** Letters of rows and parts that the plans had counted. */
  readonly refused: readonly DeadLetter[];
  /** All letters of the set, the refused ones included. */
  readonly letters: readonly DeadLetter[];
  /** Those that were not there before. */
  readonly inserted: ReadonlySet<DeadLetter>;
  /** What became of letters that came back. */
  readonly requeued: readonly RequeuedOutcome[];
}

/** What a set adds to the books, so that each event counts once: stored, dead-lettered or discarded. */
export function settle(outcome: Outcome): readonly BookEntry[] {
  const books = createBookEntries();
  for (const plan of outcome.fresh) {
    const entry = books.entry(plan.batch.key);
    entry.stored += plan.measure;
    entry.ingestedSequence = Math.max(entry.ingestedSequence, lastSequence(plan));
  }
  for (const letter of outcome.refused) books.entry(letter.key).stored -= letter.measure;
  for (const letter of outcome.letters) {
    if (letter.measure === 0) continue;
    const entry = books.entry(letter.key);
    if (outcome.inserted.has(letter)) entry.deadLettered += letter.measure;
    else entry.duplicatesDiscarded += letter.measure;
  }
  for (const { book, became, measure } of outcome.requeued) {
    if (measure === 0) continue;
    const entry = books.entry(book);
    if (became === 'repeated') entry.duplicatesDiscarded += measure;
    else entry.requeueing -= measure;
    if (became === 'held') entry.deadLettered += measure;
  }
  for (const plan of outcome.discarded) {
    books.entry(plan.batch.key).duplicatesDiscarded +=
      plan.measure + plan.letters.reduce((sum, letter) => sum + letter.measure, 0);
  }
  return books.all();
}

function lastSequence({ batch }: BatchPlan): number {
  return batch.key.firstSequence + batch.key.count - 1;
}
