import { GraphQLError } from 'graphql';
import {
  MOST_LETTERS,
  type LetterFilter,
  type LetterReason,
  type LetterState,
} from '../dead-letters/letter.ts';
import type { RequeueFailure, RequeueResult } from '../dead-letters/requeue.ts';
import { checkList } from '../filter/checks.ts';
import { badArgument } from './bad-argument.ts';
import type { Builder } from './builder.ts';
import type { QueryContext } from './context.ts';
import { checkCount, countOptions } from './count-argument.ts';
import { isLetterId, letterCursor, parseLetterCursor } from './dead-letter-cursor.ts';
import { readLetterIds, readLetters } from './dead-letter-reader.ts';
import { declareDeadLetterTypes, type LetterPage } from './dead-letter-type.ts';
import type { PageInfoRef } from './page-info.ts';
import { fromStore } from './store-fault.ts';

const DEFAULT_PAGE = 50;
const DEFAULT_REQUEUED = 100;

/** Declares the query of dead letters and the mutation that sends them back. */
export function declareDeadLetters(builder: Builder, pageInfo: PageInfoRef): void {
  const { connection, filter } = declareDeadLetterTypes(builder, pageInfo);
  const result = declareRequeueResult(builder);
  builder.queryField('deadLetters', (t) =>
    t.field({
      type: connection,
      nullable: false,
      description: `Dead letters, newest first. first is from 1 to ${MOST_LETTERS}.`,
      args: {
        filter: t.arg({ type: filter }),
        first: t.arg.int(countOptions(DEFAULT_PAGE, MOST_LETTERS)),
        after: t.arg.string(),
      },
      resolve: (_root, given, context) =>
        readPage(
          context,
          readFilter(given.filter) ?? {},
          checkCount('first', given.first ?? DEFAULT_PAGE, MOST_LETTERS),
          given.after,
        ),
    }),
  );
  builder.mutationField('requeueDeadLetters', (t) =>
    t.field({
      type: result,
      nullable: false,
      description: `Sends dead letters through the stream again: those with these ids, at most ${MOST_LETTERS}, or the oldest ones that match a filter, which means HELD ones unless it names another state. What fails again is HELD again. A letter that is REQUEUEING for want of a confirmation may be sent again: it is stored once.`,
      args: {
        ids: t.arg.stringList(),
        filter: t.arg({ type: filter }),
        limit: t.arg.int(countOptions(DEFAULT_REQUEUED, MOST_LETTERS)),
      },
      resolve: async (_root, given, context) => {
        const limit = checkCount('limit', given.limit ?? DEFAULT_REQUEUED, MOST_LETTERS);
        const ids = await chosenIds(context, given.ids, readFilter(given.filter), limit);
        const outcome = await fromStore(() => context.deadLetters.requeue(ids));
        if (!('unavailable' in outcome)) return outcome;
        throw new GraphQLError(outcome.unavailable, { extensions: { code: 'STREAM_UNAVAILABLE' } });
      },
    }),
  );
}

function declareRequeueResult(builder: Builder) {
  const failure = builder.objectRef<RequeueFailure>('RequeueFailure').implement({
    fields: (t) => ({
      id: t.exposeString('id', { nullable: false }),
      reason: t.exposeString('reason', { nullable: false }),
    }),
  });
  return builder.objectRef<RequeueResult>('RequeueResult').implement({
    fields: (t) => ({
      requeued: t.exposeInt('requeued', {
        nullable: false,
        description: 'How many the stream has taken; ingest then finishes with them.',
      }),
      failed: t.field({ type: [failure], nullable: false, resolve: (source) => [...source.failed] }),
    }),
  });
}

async function readPage(
  { database }: QueryContext,
  filter: LetterFilter,
  first: number,
  after: string | null | undefined,
): Promise<LetterPage> {
  const before = after == null ? undefined : parseLetterCursor(after);
  const rows = await fromStore(() => readLetters(database, filter, first + 1, before));
  const letters = rows.slice(0, first);
  const cursorOf = (row = letters[0]): string | undefined => row && letterCursor(row.dead_letter_id);
  return {
    letters,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: before !== undefined,
      startCursor: cursorOf(),
      endCursor: cursorOf(letters.at(-1)),
    },
  };
}

async function chosenIds(
  { database }: QueryContext,
  ids: readonly string[] | null | undefined,
  filter: LetterFilter | undefined,
  limit: number,
): Promise<readonly string[]> {
  if ((ids == null) === (filter === undefined))
    throw badArgument(
      'ids',
      ids == null ? 'neither ids nor a filter is given' : 'ids and a filter are given',
      'one of ids and filter',
    );
  if (ids == null)
    return fromStore(() => readLetterIds(database, { ...filter, state: filter?.state ?? 'HELD' }, limit));
  if (ids.length > MOST_LETTERS)
    throw badArgument('ids', `${ids.length} are too many`, `at most ${MOST_LETTERS}`);
  const wrong = ids.find((id) => !isLetterId(id));
  if (wrong !== undefined)
    throw badArgument(
      'ids',
      `${JSON.stringify(wrong.slice(0, 40))} is no id of a dead letter`,
      'ids of deadLetters',
    );
  return [...new Set(ids)];
}

/** As GraphQL gives it, where null means the same as nothing. */
interface GivenFilter {
  readonly reasons?: readonly (LetterReason | 'other')[] | null | undefined;
  readonly agentIds?: readonly string[] | null | undefined;
  readonly namespaces?: readonly string[] | null | undefined;
  readonly state?: LetterState | null | undefined;
}

function readFilter(given: GivenFilter | null | undefined): LetterFilter | undefined {
  if (given == null) return undefined;
  return {
    reasons: checkList('filter.reasons', given.reasons),
    agentIds: checkList('filter.agentIds', given.agentIds),
    namespaces: checkList('filter.namespaces', given.namespaces),
    state: given.state ?? undefined,
  };
}
