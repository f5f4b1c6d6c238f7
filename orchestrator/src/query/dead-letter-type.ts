import { decodeSubjectToken } from '@culvert/traffic/subject';
import { LETTER_REASONS, LETTER_STATES, letterState, type LetterReason } from '../dead-letters/letter.ts';
import type { Builder } from './builder.ts';
import { letterCursor } from './dead-letter-cursor.ts';
import { readPayload, type LetterRow } from './dead-letter-reader.ts';
import type { PageInfo, PageInfoRef } from './page-info.ts';
import { fromStore } from './store-fault.ts';

/** A page of dead letters. */
export interface LetterPage {
  readonly letters: readonly LetterRow[];
  readonly pageInfo: PageInfo;
}

/** By the number of an EventKind. */
const KINDS = ['HEARTBEAT', 'EXCHANGE', 'BODY', 'FRAME'] as const;
/** So high that a page with payloads, of up to a megabyte each, is short. */
const PAYLOAD_COST = 400;

/** Declares what dead letters are and how they are narrowed down. */
export function declareDeadLetterTypes(builder: Builder, pageInfo: PageInfoRef) {
  const reason = builder.enumType('DeadLetterReason', {
    description: 'Why something could not be stored. OTHER: for a reason that a newer release knows.',
    values: reasonValues(),
  });
  const state = builder.enumType('DeadLetterState', {
    description:
      'HELD: kept apart. REQUEUEING: on its way through the stream again. REQUEUED: that has been finished with; if it failed again, the letter is HELD again.',
    values: LETTER_STATES,
  });
  const kind = builder.enumType('DeadLetterKind', { values: KINDS });
  const filter = builder.inputType('DeadLetterFilter', {
    description: 'Narrows dead letters down. What is left out does not narrow; an empty list matches none.',
    fields: (t) => ({
      reasons: t.field({ type: [reason] }),
      agentIds: t.stringList(),
      namespaces: t.stringList(),
      state: t.field({ type: state }),
    }),
  });

  const letter = builder.objectRef<LetterRow>('DeadLetter').implement({
    description: 'Something that was published and could not be stored.',
    fields: (t) => ({
      id: t.string({ nullable: false, resolve: (row) => row.dead_letter_id }),
      reason: t.field({
        type: reason,
        nullable: false,
        resolve: (row) => (isKnown(row.reason) ? row.reason : 'other'),
      }),
      detail: t.string({ nullable: false, resolve: (row) => row.detail }),
      state: t.field({ type: state, nullable: false, resolve: letterState }),
      agentId: t.string({ nullable: false, resolve: (row) => row.agent_id }),
      cluster: t.string({ resolve: (row) => subjectToken(row.subject, 2) }),
      namespace: t.string({ resolve: (row) => subjectToken(row.subject, 3) }),
      kind: t.field({ type: kind, nullable: false, resolve: (row) => KINDS[row.kind] ?? 'HEARTBEAT' }),
      subject: t.string({ nullable: false, resolve: (row) => row.subject }),
      firstSequence: t.field({
        type: 'BigInt',
        nullable: false,
        description:
          'The number of the first event of the batch; for what has no key, the place in the stream.',
        resolve: (row) => row.first_sequence,
      }),
      eventCount: t.int({ nullable: false, resolve: (row) => row.event_count }),
      eventIndex: t.int({
        description: 'Which event of the batch it is; null for a whole message.',
        resolve: (row) => (row.event_index < 0 ? null : row.event_index),
      }),
      exchanges: t.int({
        nullable: false,
        description: 'What it counts in the books of its agent.',
        resolve: (row) => row.exchanges,
      }),
      createdAt: t.field({ type: 'DateTime', nullable: false, resolve: (row) => row.created_at }),
      requeuedAt: t.field({ type: 'DateTime', resolve: (row) => row.requeued_at }),
      attempts: t.int({
        nullable: false,
        description: 'How often it has been requeued.',
        resolve: (row) => row.requeue_attempts,
      }),
      payloadBytes: t.int({ nullable: false, resolve: (row) => row.payload_bytes }),
      payload: t.string({
        extensions: { cost: PAYLOAD_COST },
        description:
          'base64 of an encoded TrafficBatch or AgentHeartbeat, or of whatever came instead. Null: deleted meanwhile.',
        resolve: async (row, _arguments, { answer, database }) => {
          const payload = await fromStore(() => readPayload(database, row.dead_letter_id));
          return answer.text(payload?.toString('base64') ?? null);
        },
      }),
    }),
  });
  const edge = builder.objectRef<LetterRow>('DeadLetterEdge').implement({
    fields: (t) => ({
      cursor: t.string({ nullable: false, resolve: (row) => letterCursor(row.dead_letter_id) }),
      node: t.field({ type: letter, nullable: false, resolve: (row) => row }),
    }),
  });
  const connection = builder.objectRef<LetterPage>('DeadLetterConnection').implement({
    fields: (t) => ({
      edges: t.field({ type: [edge], nullable: false, resolve: (page) => [...page.letters] }),
      nodes: t.field({ type: [letter], nullable: false, resolve: (page) => [...page.letters] }),
      pageInfo: t.field({ type: pageInfo, nullable: false, resolve: (page) => page.pageInfo }),
    }),
  });
  return { connection, filter };
}

/** The names of GraphQL with the values of rows. */
function reasonValues(): Record<string, { readonly value: LetterReason | 'other' }> {
  return Object.fromEntries(
    [...LETTER_REASONS, 'other' as const].map((value) => [value.toUpperCase(), { value }]),
  );
}

function isKnown(reason: string): reason is LetterReason {
  return (LETTER_REASONS as readonly string[]).includes(reason);
}

/** A token of `culvert.<kind>.<cluster>.<namespace>.<agent>`. */
function subjectToken(subject: string, index: number): string | undefined {
  const token = subject.split('.')[index];
  return token === undefined ? undefined : decodeSubjectToken(token);
}
