import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import type { WorkloadDocument } from '@culvert/policy/document';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { AgentHeartbeat } from '@culvert/proto';
import { createLogger } from '@culvert/runtime/log';
import type { PortRules } from '@culvert/traffic/select/rules';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect as connectNats, headers, type NatsConnection } from '@nats-io/transport-node';
import { startUpstream } from '../../capture/testing/kit.ts';
import { readConfig } from '../../config.ts';
import { startSidecar, type Sidecar } from '../../sidecar.ts';

/** The longest time between heartbeats that a sidecar takes: what is told sooner was told for a reason. */
export const HEARTBEAT_MS = 15_000;
export const KEY = 'workload.shop.Deployment.checkout.0a1b2c3d';
const SUBJECT = `$KV.culvert-config.${KEY}`;

/** What an agent may do: no more of JetStream's API than to read its own key. */
const USERS = `authorization { users = [
  { user: operator, password: operator }
  { user: agent, password: 'p w', permissions: {
    publish: ["culvert.>", "$JS.API.DIRECT.GET.KV_culvert-config.${SUBJECT}"]
    subscribe: ["${SUBJECT}", "culvert.>", "_INBOX_agent.>", "_INBOX_agent.*"]
  } }
] }`;

/** A document with the same rules for every port. */
export function documentOf(revision: string, rules: Partial<PortRules>): string {
  const document: WorkloadDocument = {
    schemaVersion: 1,
    kind: 'Workload',
    revision,
    namespace: 'shop',
    workload: 'Deployment/checkout',
    policies: [],
    ports: {},
    otherPorts: { ...DEFAULT_RULES, ...rules },
  };
  return JSON.stringify(document);
}

/** nats-server with users, and an operator's connection to it. */
export async function startConfigServer(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-control-'));
  const secretsDir = join(directory, 'secrets');
  mkdirSync(secretsDir);
  const nats = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0, configuration: USERS });
  const operator = await connectOperator(nats);
  const heartbeats: AgentHeartbeat[] = [];
  operator.subscribe('culvert.metrics.>', {
    callback: (_, message) => {
      heartbeats.push(AgentHeartbeat.decode(message.data));
    },
  });
  const sidecars: Sidecar[] = [];
  t.after(async () => {
    for (const sidecar of sidecars) await sidecar.stop();
    await operator.close();
    await nats.stop();
    rmSync(directory, { recursive: true });
  });
  return { directory, secretsDir, nats, operator, heartbeats, sidecars };
}

/** A connection with every right. */
export function connectOperator({ url }: NatsServer): Promise<NatsConnection> {
  return connectNats({
    servers: url,
    user: 'operator',
    pass: 'operator',
    reconnectTimeWait: 20,
    maxReconnectAttempts: -1,
  });
}

/** Makes the bucket as the operator does. */
export async function makeBucket(operator: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(operator);
  await manager.streams.add({
    name: 'KV_culvert-config',
    subjects: ['$KV.culvert-config.>'],
    allow_direct: true,
    allow_rollup_hdrs: true,
    max_msgs_per_subject: 1,
  });
}

/** Puts a version of the key, as the operator does. */
export async function put(operator: NatsConnection, text: string): Promise<void> {
  await jetstream(operator).publish(SUBJECT, text);
}

/** An update that comes too late: everyone who listens hears it, but the stream refuses it. */
export function putStale(operator: NatsConnection, text: string): void {
  const stale = headers();
  stale.set('Nats-Expected-Last-Subject-Sequence', '999');
  operator.publish(SUBJECT, text, { headers: stale, reply: 'nobody' });
}

/** A sidecar in front of an application that answers everything. */
export async function startFollower(
  t: TestContext,
  server: { directory: string; secretsDir: string; nats: NatsServer; sidecars: Sidecar[] },
  environment: Record<string, string> = {},
) {
  const upstream = await startUpstream((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  });
  const sidecar = await startSidecar(
    readConfig({
      CULVERT_CAPTURE: `0=127.0.0.1:${upstream.port}`,
      CULVERT_METRICS_PORT: '0',
      CULVERT_AGENT_ID: 'agent',
      CULVERT_STATE_DIR: join(server.directory, 'state'),
      CULVERT_HEARTBEAT_MS: String(HEARTBEAT_MS),
      CULVERT_FLUSH_MS: '0',
      CULVERT_DRAIN_MS: '0',
      CULVERT_CONFIG_KEY: KEY,
      CULVERT_LABELS: 'app=checkout, tier=gold',
      CULVERT_SECRETS_DIR: server.secretsDir,
      NATS_URL: server.nats.url,
      ...environment,
    }),
    '0.0.0',
    createLogger('test', 'fatal'),
  );
  t.after(() => upstream.close());
  server.sidecars.push(sidecar);
  return sidecar;
}

/** An open connection to the application through a sidecar. */
export async function openClient(t: TestContext, sidecar: Sidecar) {
  const socket: Socket = connect({ host: '127.0.0.1', port: sidecar.ports[0] ?? 0 });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return {
    ask: async (method = 'GET'): Promise<void> => {
      socket.write(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`);
      await once(socket, 'data');
    },
  };
}

/** A sample of a sidecar's metrics, 0 when it is missing. */
export async function metric(sidecar: Sidecar, name: string): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${sidecar.metricsPort}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(page)?.[1] ?? 0);
}
