import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { UPSTREAM, type Conversation, type ExpectedExchange } from './corpus/conversation.ts';
import { conversations } from './corpus/corpus.ts';
import { eventually } from './rig/eventually.ts';
import {
  playThrough,
  startScriptedUpstream,
  type Pieces,
  type PlayedConnection,
  type ScriptedUpstream,
} from './rig/play.ts';
import { readRecords, type Recorded } from './rig/records.ts';
import { createEndings, startStackWith, type Stack } from './rig/stack.ts';

test('the corpus holds at least sixty conversations', () => {
  assert.ok(conversations.length >= 60, `${conversations.length} conversations`);
});

for (const pieces of ['whole', 'byte by byte'] as const) describeCorpus(pieces);

/** What playing a conversation brought. */
interface Play {
  readonly connection: PlayedConnection | undefined;
  readonly error: unknown;
  /** Reasons for which connections turned opaque meanwhile. */
  readonly opaque: readonly string[];
}

function describeCorpus(pieces: Pieces): void {
  describe(`conversations through sockets, ${pieces}`, () => {
    const endings = createEndings();
    let stack: Stack;
    let upstream: ScriptedUpstream;
    let database: pg.Client;
    const plays = new Map<string, Play>();

    before(async () => {
      upstream = await startScriptedUpstream();
      endings.add(() => Promise.resolve(upstream.close()));
      // Headers are compared byte for byte.
      const sidecar = { CULVERT_REDACT_HEADERS: 'none' };
      stack = await startStackWith(endings, { upstreamPort: upstream.port, sidecar });
      database = new pg.Client(stack.postgres.url);
      await database.connect();
      endings.add(() => database.end());
      for (const conversation of conversations) plays.set(conversation.name, await playOne(conversation));
      endings.add(() =>
        Promise.resolve([...plays.values()].forEach(({ connection }) => connection?.close())),
      );
    });
    after(() => endings.run());

    for (const conversation of conversations) {
      test(`S1-05 S1-06: ${conversation.name}`, async () => {
        const play = plays.get(conversation.name);
        if (play?.connection === undefined) throw play?.error;
        assert.deepEqual(play.opaque, conversation.opaque === undefined ? [] : [conversation.opaque]);
        await assertRecorded(conversation, play.connection);
      });
    }

    /** Plays all first and looks at the records later: what is open stays open, and nothing waits for the store. */
    async function playOne(conversation: Conversation): Promise<Play> {
      const before = await opaqueConnections(stack);
      try {
        const connection = await playThrough(conversation, stack.port, upstream, pieces);
        const now = await opaqueConnections(stack);
        const opaque = [...now].filter(([reason, count]) => count !== (before.get(reason) ?? 0));
        return { connection, error: undefined, opaque: opaque.map(([reason]) => reason) };
      } catch (error) {
        return { connection: undefined, error, opaque: [] };
      }
    }

    async function assertRecorded(conversation: Conversation, played: PlayedConnection): Promise<void> {
      const expected = conversation.exchanges.map((exchange) => asRecorded(exchange, upstream.port));
      const records = await eventually(
        () => readRecords(database, stack.graphql, played.peer),
        (found) =>
          found.length >= expected.length &&
          found.every(({ exchange }, i) => exchange.outcome === expected[i]?.outcome) &&
          found.every(
            ({ bodyStates }) => !bodyStates.includes('PENDING') || expected.some((e) => e.outcome === 'OPEN'),
          ) &&
          found.every(
            ({ exchange }, i) => exchange.response?.body.length === expected[i]?.response?.body.length,
          ),
        `${expected.length} exchanges are recorded: ${JSON.stringify(expected).slice(0, 500)}`,
      );
      assert.deepEqual(
        records.map(({ exchange }) => exchange),
        expected,
      );
      for (const [i, exchange] of conversation.exchanges.entries()) assertBodies(records[i], exchange);
    }
  });
}

const BODY_STATE = { open: 'PENDING', whole: 'COMPLETE', cut: 'CUT_OFF', unread: 'INCOMPLETE' } as const;

/** Only of a message that ended is nothing an empty body, and nobody knows the size of what was not read. */
function assertBodies(record: Recorded | undefined, { ends, ...expected }: ExpectedExchange): void {
  assert.deepEqual(
    record?.bodyStates,
    ends.map((end) => BODY_STATE[end]),
  );
  for (const [i, message] of [expected.request, expected.response].entries()) {
    const length = message?.body.length ?? 0;
    const end = ends[i] ?? 'open';
    if (length === 0) assert.equal(record?.told[i], end === 'whole' ? '' : null);
    const isKnown = end === 'whole' || (message !== undefined && (length > 0 || end === 'cut'));
    if (end !== 'open') assert.equal(record?.sizes[i], isKnown ? length : null);
  }
}

function asRecorded(
  expected: ExpectedExchange,
  upstreamPort: number,
): Omit<ExpectedExchange, 'interim' | 'ends'> {
  const { interim: _interim, ends: _ends, ...exchange } = expected;
  return {
    ...exchange,
    url: exchange.url.replace(UPSTREAM, `127.0.0.1:${upstreamPort}`),
    outcome: exchange.outcome === 'UNPARSABLE' ? ('INCOMPLETE' as 'OPEN') : exchange.outcome,
  };
}

async function opaqueConnections(stack: Stack): Promise<Map<string, number>> {
  const response = await fetch(`${stack.sidecar().metricsUrl}/metrics`);
  const lines = (await response.text()).matchAll(
    /^culvert_opaque_connections_total\{reason="(\w+)"\} (\d+)$/gm,
  );
  return new Map([...lines].map(([, reason, count]) => [reason as string, Number(count)]));
}
