import type { AgentBooks } from '../books/agent-books.ts';
import type { Interval } from '../books/boot.ts';
import { checkList } from '../filter/checks.ts';
import { AGENT_STATES, readAgents, type Agent } from './agent-reader.ts';
import { readBooks } from './books-reader.ts';
import type { Builder } from './builder.ts';
import { selectedFields } from './selection.ts';
import { fromStore } from './store-fault.ts';

/** An agent with its books, which are read only where they are selected. */
export interface AgentWithBooks extends Agent {
  readonly books: AgentBooks | undefined;
}

/** Declares `Agent`, its books, the filter, and the query of agents. */
export function declareAgents(builder: Builder): void {
  const state = builder.enumType('AgentState', {
    description: 'By the age of the last heartbeat: SILENT after 15 seconds, GONE after 60.',
    values: AGENT_STATES,
  });
  const filter = builder.inputType('AgentFilter', {
    description: 'Narrows agents down. What is left out does not narrow; an empty list matches none.',
    fields: (t) => ({
      states: t.field({ type: [state] }),
      namespaces: t.stringList(),
    }),
  });
  const books = declareBooks(builder);

  const agent = builder.objectRef<AgentWithBooks>('Agent');
  agent.implement({
    description: 'A sidecar, or the agent of a node, that has announced itself.',
    fields: (t) => ({
      agentId: t.string({ nullable: false, resolve: ({ row }) => row.agent_id }),
      cluster: t.string({ resolve: ({ row }) => row.cluster }),
      namespace: t.string({ resolve: ({ row }) => row.namespace }),
      workload: t.string({ resolve: ({ row }) => row.workload }),
      pod: t.string({ resolve: ({ row }) => row.pod }),
      node: t.string({ resolve: ({ row }) => row.node }),
      role: t.string({ resolve: ({ row }) => row.role }),
      version: t.string({ resolve: ({ row }) => row.version }),
      state: t.field({ type: state, nullable: false, resolve: (source) => source.state }),
      lastSeen: t.field({
        type: 'DateTime',
        description: 'When the newest heartbeat was made, by the clock of the agent.',
        resolve: ({ row }) => row.last_seen,
      }),
      configRevision: t.string({ resolve: ({ row }) => row.config_revision }),
      books: t.field({ type: books, nullable: false, resolve: (source) => present(source.books) }),
    }),
  });
  builder.queryField('agents', (t) =>
    t.field({
      type: [agent],
      nullable: false,
      description: 'The agents that have announced themselves, ordered by where they run.',
      args: { filter: t.arg({ type: filter }) },
      resolve: (_root, { filter: wanted }, { database, stream, now }, info) =>
        fromStore(async () => {
          const narrowed = {
            states: checkList('filter.states', wanted?.states),
            namespaces: checkList('filter.namespaces', wanted?.namespaces),
          };
          const agents = await readAgents(database, narrowed, now());
          if (!selectedFields(info).has('books')) return agents.map((one) => ({ ...one, books: undefined }));
          const books = await readBooks(database, stream, agents);
          return agents.map((one) => ({ ...one, books: books.get(one.row.agent_id) }));
        }),
    }),
  );
}

function declareBooks(builder: Builder) {
  const interval = builder.objectRef<Interval>('Interval').implement({
    description: 'A count known only within bounds, both included.',
    fields: (t) => ({
      min: t.field({ type: 'BigInt', nullable: false, resolve: (source) => source.min }),
      max: t.field({ type: 'BigInt', nullable: false, resolve: (source) => source.max }),
    }),
  });
  return builder.objectRef<AgentBooks>('AgentBooks').implement({
    description:
      'Where the exchanges of an agent went, over all its boots: captured = excluded + sampledOut + dropped + open + spooled + inStream + stored + deadLettered, plus at least lostInCrash.min and at most lostInCrash.max, which are no further apart than one reserved block for each crash. inStream = published − stored − deadLettered. While the last heartbeat is older than what has been stored, captured and spooled are moved on to what is certain.',
    fields: (t) => {
      const count = (read: (books: AgentBooks) => number, description?: string) =>
        t.field({
          type: 'BigInt',
          nullable: false,
          resolve: read,
          ...(description !== undefined && { description }),
        });
      const reasons = (read: (books: AgentBooks) => Readonly<Record<string, number>>) =>
        t.field({ type: 'JSON', nullable: false, resolve: read });
      return {
        connections: count((source) => source.connections),
        opaqueConnections: count(
          (source) => source.opaqueConnections,
          'Forwarded without being read as HTTP; their exchanges are not known.',
        ),
        captured: count((source) => source.captured),
        excluded: count((source) => source.excluded, 'Left out because a policy says so.'),
        excludedByReason: reasons((source) => source.excludedByReason),
        sampledOut: count((source) => source.sampledOut),
        truncated: count(
          (source) => source.truncated,
          'With a body cut at the limit; part of the other counts.',
        ),
        dropped: count((source) => source.dropped, 'Lost within the agent, and counted.'),
        droppedByReason: reasons((source) => source.droppedByReason),
        open: count((source) => source.open, 'Without an end yet.'),
        spooled: count((source) => source.spooled, 'Waiting in the agent.'),
        published: count((source) => source.published),
        acknowledged: count((source) => source.acknowledged, 'Published and confirmed by the stream.'),
        inStream: count((source) => source.inStream, 'Published and not finished with.'),
        stored: count((source) => source.stored),
        deadLettered: count((source) => source.deadLettered, 'Refused for a reason, and kept apart.'),
        duplicatesDiscarded: count(
          (source) => source.duplicatesDiscarded,
          'Delivered again after having been stored.',
        ),
        lostInCrash: t.field({ type: interval, nullable: false, resolve: (source) => source.lostInCrash }),
        balanced: t.boolean({
          nullable: false,
          description: 'Whether all of this holds as far as it can be known at this moment.',
          resolve: (source) => source.balanced,
        }),
      };
    },
  });
}

function present(books: AgentBooks | undefined): AgentBooks {
  if (books === undefined) throw new Error('books were selected but not read');
  return books;
}
