import type { NatsConnection } from '@nats-io/transport-node';
import { EventKind } from '@culvert/proto';
import { publishHeartbeat } from '../../ingest/testing/publish.ts';
import { silent, until, type Rig } from '../../ingest/testing/rig.ts';
import { createStreamReader } from '../../query/stream-reader.ts';
import { createTestGraphql, type Answer } from '../../testing/graphql.ts';
import { createDeadLetterOffice, type RequeueResult } from '../requeue.ts';

/** A dead letter as a client of GraphQL sees it. */
export interface SeenLetter {
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
  readonly state: string;
  readonly attempts: number;
  readonly eventIndex: number | null;
}

/** Books as a client of GraphQL sees them. */
export interface SeenBooks {
  readonly captured: number;
  readonly published: number;
  readonly inStream: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly balanced: boolean;
}

/** What a person has who looks after dead letters. */
export interface TestOffice {
  letters(filter?: string): Promise<SeenLetter[]>;
  /** Asks for `requeueDeadLetters(…)`. */
  requeue(selection: string): Promise<RequeueResult>;
  ask<T>(query: string): Promise<Answer<T>>;
  /** Of agent-1. */
  books(): Promise<SeenBooks>;
  /** Reads books over and over until the work is done, and returns those that did not balance. */
  unbalancedDuring(work: () => Promise<unknown>): Promise<SeenBooks[]>;
  /** Waits until no letter is on its way. */
  settled(): Promise<void>;
}

/** GraphQL over a rig, with its stream. */
export function openOffice(
  rig: Rig,
  connection: () => NatsConnection | undefined = () => rig.nats,
): TestOffice {
  const graphql = createTestGraphql(rig.pool, {
    stream: createStreamReader(
      () => rig.nats,
      () => undefined,
    ),
    deadLetters: createDeadLetterOffice({ pool: rig.pool, connection, now: () => Date.now(), log: silent }),
  });
  const data = async <T>(query: string): Promise<T> => {
    const { data: found, errors } = await graphql.ask<T>(query);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return found;
  };
  const office: TestOffice = {
    ask: (query) => graphql.ask(query),
    letters: async (filter = '{}') =>
      (
        await data<{ deadLetters: { nodes: SeenLetter[] } }>(
          `{ deadLetters(filter: ${filter}, first: 100) { nodes { id reason detail state attempts eventIndex } } }`,
        )
      ).deadLetters.nodes,
    requeue: async (selection) =>
      (
        await data<{ requeueDeadLetters: RequeueResult }>(
          `mutation { requeueDeadLetters(${selection}) { requeued failed { id reason } } }`,
        )
      ).requeueDeadLetters,
    books: async () => {
      const { agents } = await data<{ agents: { agentId: string; books: SeenBooks }[] }>(
        '{ agents { agentId books { captured published inStream stored deadLettered balanced } } }',
      );
      const agent = agents.find(({ agentId }) => agentId === 'agent-1');
      if (agent === undefined) throw new Error('agent-1 is not known');
      return agent.books;
    },
    unbalancedDuring: async (work) => {
      const wrong: SeenBooks[] = [];
      let working = true;
      const watching = (async () => {
        while (working) {
          const books = await office.books();
          if (!books.balanced || books.published !== books.inStream + books.stored + books.deadLettered)
            wrong.push(books);
        }
      })();
      await work().finally(() => {
        working = false;
      });
      await watching;
      return wrong;
    },
    settled: async () => {
      await rig.drained();
      await until('no letter is on its way', async () => {
        const waiting = await office.letters('{ state: REQUEUEING }');
        return waiting.length === 0;
      });
    },
  };
  return office;
}

/** Tells of an agent-1 that has published so many exchanges, all of them acknowledged. */
export async function tellPublished(rig: Rig, published: number): Promise<void> {
  await publishHeartbeat(rig.nats, {
    books: [
      {
        kind: EventKind.EVENT_KIND_EXCHANGE,
        connections: 0,
        opaqueConnections: 0,
        opaqueByReason: {},
        captured: published,
        excludedByReason: {},
        sampledOut: 0,
        droppedByReason: {},
        truncated: 0,
        redactionWithheld: 0,
        open: 0,
        spooled: 0,
        published,
        acknowledged: published,
        lastSequence: 10_000,
      },
    ],
  });
  await rig.drained();
}
