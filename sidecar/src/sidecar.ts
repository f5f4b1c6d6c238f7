import { setTimeout as delay } from 'node:timers/promises';
import { startAdminServer, type AdminServer } from '@culvert/runtime/admin';
import { systemClock } from '@culvert/runtime/clock';
import { shutDown } from '@culvert/runtime/lifecycle';
import type { Logger } from '@culvert/runtime/log';
import { createBooks, type Books } from './books/books.ts';
import { Faults } from './books/faults.ts';
import { CAPTURE_CAPABILITIES, createHeartbeat } from './books/heartbeat.ts';
import { openReservation } from './books/reservation.ts';
import { drainSteps } from './capture/tap/drain.ts';
import { listen, type Listener } from './capture/tap/listener.ts';
import { UNREAD_EVENTS } from './capture/tap/read-queue.ts';
import { createCapture } from './capturing.ts';
import type { Config } from './config.ts';
import { Configuration, ownerOf } from './control/configuration.ts';
import { firstRules } from './control/first-rules.ts';
import { followKey, type Follower } from './control/follow.ts';
import { SecretFiles } from './control/secrets.ts';
import { createMetrics } from './metrics/metrics.ts';
import { tcpProbe } from './probe/tcp-probe.ts';
import { createBatchMaker } from './publish/batch.ts';
import { openLink } from './publish/connection.ts';
import { createAgent } from './publish/identity.ts';
import { Publisher } from './publish/publisher.ts';
import { Placeholders } from './select/placeholders.ts';
import { PortTable } from './select/port-table.ts';
import { explained } from './start-error.ts';
import { Spool } from './spool/spool.ts';
import { createMeter } from './system/meter.ts';

const GOODBYE_MS = 2_000;
const HURRIED_GOODBYE_MS = 200;

/** A sidecar that runs. */
export interface Sidecar {
  readonly ports: readonly number[];
  readonly metricsPort: number;
  /** What was captured of all that has passed until now. */
  readonly books: Books;
  /**
   * Nobody caught a fault of ours, so nobody knows what it broke: turns capture off on all ports and goes on forwarding.
   * Never throws.
   */
  surviveFault(error: unknown): void;
  /** Accepts no more, lets open connections end, publishes what was captured, says goodbye. */
  stop(): Promise<boolean>;
}

/**
 * Builds the sidecar's parts and starts them: listens, captures and publishes.
 *
 * @param version of this build, for the heartbeat
 * @throws when a port or the state directory can't be used
 */
export async function startSidecar(config: Config, version: string, log: Logger): Promise<Sidecar> {
  const clock = systemClock;
  const now = (): number => clock.now();
  const books = createBooks();
  const faults = new Faults(log, now);
  const { cluster, namespace, workload, pod, node } = config;
  const agent = createAgent(config.agentId, {
    cluster,
    namespace,
    workload,
    pod,
    node,
    version,
    role: 'capture',
  });
  const onUnwritten = (error: unknown): void => {
    log.warn({ err: error }, 'can not write to the state directory; a crash would leave wider bounds');
  };
  const reservation = await explained('CULVERT_STATE_DIR', () =>
    openReservation(config.stateDir, agent.agentId, agent.bootHex, onUnwritten, UNREAD_EVENTS),
  );
  const maker = createBatchMaker(agent);
  const spool = new Spool({
    limitBytes: config.spoolBytes,
    headroom: maker.headroom,
    books,
    now,
    onContent: (sealed) => {
      publisher.notify(sealed);
    },
  });
  const publisher = new Publisher({
    spool,
    books,
    maker,
    publish: (batch) => link.publish(batch),
    window: config.window,
    lingerMs: config.lingerMs,
    now,
    onRefused: (error) => {
      log.warn({ err: error }, 'the stream refused a batch; it is sent again');
    },
    onError: faults.at('publisher'),
  });
  const secrets = new SecretFiles(config.secretsDir);
  const placeholders = new Placeholders();
  const readRedactionKey = (): void => {
    const key = secrets.redactionKey();
    if (key !== undefined) placeholders.useKey(key);
  };
  readRedactionKey();
  const ports = new PortTable(firstRules(config));
  const configuration = new Configuration({ owner: ownerOf(config), ports, log, now });
  if (config.configDocument !== '') configuration.apply(config.configDocument);
  const capture = createCapture({
    config,
    spool,
    books,
    ports,
    placeholder: placeholders.of,
    reserve: (captured) => {
      reservation.cover(captured);
    },
    onRead: () => {
      publisher.hurry();
    },
    now,
    faults,
    log,
  });
  const listeners: Listener[] = [];
  let connected = false;
  const registry = createMetrics({
    books: capture.books,
    spoolBytes: () => spool.allocatedBytes,
    heldBytes: capture.heldBytes,
    unacknowledgedBatches: () => publisher.unacknowledged,
    natsConnected: () => connected,
    connections: () => listeners.reduce((sum, listener) => sum + listener.connections, 0),
    configuration,
    faults: faults.counts,
    portsOff: () => listeners.filter((listener) => listener.off).map(({ binding }) => binding.upstream.port),
    now,
  });
  let admin: AdminServer | undefined;
  try {
    // Readiness means that traffic can pass, whatever became of NATS.
    admin = await explained('CULVERT_METRICS_PORT', () =>
      startAdminServer({
        host: config.metricsHost,
        port: config.metricsPort,
        registry,
        readiness: [],
        log,
        routes: [tcpProbe(config.capture, config.podAddresses)],
      }),
    );
    for (const binding of config.capture)
      listeners.push(await explained('CULVERT_CAPTURE', () => listen(binding, capture.context)));
  } catch (error) {
    await admin?.close();
    await Promise.all(listeners.map((listener) => listener.drain()));
    reservation.end();
    throw error;
  }
  const link = openLink({
    url: config.natsUrl,
    agentId: agent.agentId,
    log,
    credentials: () => {
      readRedactionKey();
      return secrets.natsCredentials();
    },
    onConnected: (maxPayloadBytes) => {
      connected = true;
      spool.limitBatches(maxPayloadBytes - maker.headerBytes);
      publisher.connected();
      follower?.connected();
      void heartbeat.beat();
    },
    onDisconnected: () => {
      connected = false;
      publisher.disconnected();
    },
    onError: faults.at('nats'),
  });
  const meter = createMeter(
    { of: 'group', procDirectory: '/proc', sysDirectory: '/sys', diskPath: config.stateDir },
    now,
    log,
  );
  const heartbeat = createHeartbeat({
    agent,
    books: capture.books,
    reservation,
    capabilities: CAPTURE_CAPABILITIES,
    configuration: () => ({
      revision: configuration.revision,
      key: config.configKey,
      labels: config.labels,
    }),
    link,
    measure: () => meter.measure(),
    now,
    onError: faults.at('heartbeat'),
  });
  const follower: Follower | undefined =
    config.configKey === ''
      ? undefined
      : followKey({
          key: config.configKey,
          link,
          log,
          onDocument: (text) => {
            // What has passed before is not judged by it.
            capture.read();
            if (configuration.apply(text)) void heartbeat.beat();
          },
        });
  const beating = setInterval(() => {
    void heartbeat.beat();
  }, config.heartbeatMs);
  log.info({ capture: config.capture, agentId: agent.agentId, boot: agent.bootHex }, 'sidecar captures');

  let flushed = true;
  return {
    ports: listeners.map((listener) => listener.port),
    metricsPort: admin.port,
    get books() {
      return capture.books();
    },
    surviveFault: (error) => {
      faults.note('uncaught', error);
      faults.run('uncaught', capture.read);
      for (const listener of listeners) listener.turnOff(error);
    },
    stop: () =>
      shutDown(
        [
          ...drainSteps(listeners, config.drainMs),
          {
            name: 'flush',
            timeoutMs: config.flushMs + 1_000,
            run: async () => {
              capture.stop();
              flushed = await publisher.flush(config.flushMs);
              if (flushed) return;
              spool.discardAll('shutdown');
              log.warn('not everything could be published in time');
            },
          },
          {
            name: 'say goodbye',
            timeoutMs: GOODBYE_MS + 1_000,
            run: async () => {
              clearInterval(beating);
              // Where the time went by without an answer, none is waited for again.
              const patience = delay(flushed ? GOODBYE_MS : HURRIED_GOODBYE_MS, false, { ref: false });
              const heard = await Promise.race([heartbeat.sayGoodbye(), patience]);
              if (heard && publisher.unacknowledged === 0) reservation.end();
            },
          },
          {
            name: 'close NATS and metrics',
            timeoutMs: GOODBYE_MS,
            run: async () => {
              follower?.stop();
              publisher.stop();
              await link.close();
              await admin.close();
            },
          },
        ],
        log,
      ),
  };
}
