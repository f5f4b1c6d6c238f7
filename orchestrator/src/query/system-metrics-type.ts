import type { Builder } from './builder.ts';
import { countOptions } from './count-argument.ts';
import { fromStore } from './store-fault.ts';
import type { SystemMetrics } from './system-metrics.ts';
import { DEFAULT_MEASUREMENTS, MOST_MEASUREMENTS, readSystemMetrics } from './system-metrics-reader.ts';

/** Declares `SystemMetrics` with its query and its subscription. */
export function declareSystemMetrics(builder: Builder): void {
  const systemMetrics = builder.objectRef<SystemMetrics>('SystemMetrics').implement({
    description:
      'How the system of an agent did. For an agent of role node that is its machine, for a sidecar its own control group and the network of its pod. Null: not known; rates are not known before the second measurement.',
    fields: (t) => ({
      agentId: t.exposeString('agentId', { nullable: false }),
      timestamp: t.string({
        nullable: false,
        description: 'When it was measured, by the clock of the agent: RFC 3339 with milliseconds.',
        resolve: ({ at }) => at.toISOString(),
      }),
      cpuSystemPercent: t.float({
        description: 'Processor time in use: 100 is all that the system may use.',
        resolve: (source) => source.cpuSystemPercent,
      }),
      cpuProcessPercent: t.float({
        description: 'Of the same whole, the part that the agent itself uses.',
        resolve: (source) => source.cpuProcessPercent,
      }),
      memoryUsedBytes: t.field({
        type: 'BigInt',
        description: 'Without what is freed as soon as somebody needs it.',
        resolve: (source) => source.memoryUsedBytes,
      }),
      memoryTotalBytes: t.field({
        type: 'BigInt',
        description: 'The limit where there is one, else what the machine has.',
        resolve: (source) => source.memoryTotalBytes,
      }),
      memoryProcessBytes: t.field({
        type: 'BigInt',
        description: 'What the agent itself uses.',
        resolve: (source) => source.memoryProcessBytes,
      }),
      networkRxBytesPerSecond: t.float({ resolve: (source) => source.networkRxBytesPerSecond }),
      networkTxBytesPerSecond: t.float({ resolve: (source) => source.networkTxBytesPerSecond }),
      diskReadBytesPerSecond: t.float({ resolve: (source) => source.diskReadBytesPerSecond }),
      diskWriteBytesPerSecond: t.float({ resolve: (source) => source.diskWriteBytesPerSecond }),
      diskAvailableBytes: t.field({
        type: 'BigInt',
        resolve: (source) => source.diskAvailableBytes,
      }),
    }),
  });
  builder.queryField('systemMetrics', (t) =>
    t.field({
      type: [systemMetrics],
      nullable: false,
      extensions: { listSize: MOST_MEASUREMENTS },
      description: `Measurements, newest first, of one agent or of all. limit is from 1 to ${MOST_MEASUREMENTS}.`,
      args: {
        agentId: t.arg.string(),
        limit: t.arg.int(countOptions(DEFAULT_MEASUREMENTS, MOST_MEASUREMENTS)),
      },
      resolve: (_root, { agentId, limit }, { database }) =>
        fromStore(() => readSystemMetrics(database, agentId ?? undefined, limit ?? DEFAULT_MEASUREMENTS)),
    }),
  );
  builder.subscriptionField('systemMetricsUpdates', (t) =>
    t.field({
      type: systemMetrics,
      nullable: false,
      description:
        'Measurements as they come, of one agent or of all. Where a reader is too slow, the oldest ones that wait are left out.',
      args: { agentId: t.arg.string() },
      subscribe: (_root, { agentId }, context) => context.systemMetrics.follow(agentId ?? undefined),
      resolve: (update) => update,
    }),
  );
}
