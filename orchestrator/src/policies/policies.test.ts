import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Kvm, type KV } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Registry } from 'prom-client';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { parseDocument, type WorkloadDocument } from '@culvert/policy/document';
import { AgentHeartbeat } from '@culvert/proto';
import { systemClock } from '@culvert/runtime/clock';
import { agentSubject } from '@culvert/traffic/subject';
import { linkNats, type NatsLink } from '../nats-link.ts';
import { createTestLog } from '../testing/log.ts';
import { startPolicies, type Policies } from './policies.ts';

const KEY = 'workload.shop.Process.cart.default';
const PROMISED_MS = 2_000;

let directory: string;
let folder: string;
let server: NatsServer;
let nats: NatsConnection;
let link: NatsLink;
let policies: Policies;
let registry: Registry;
let log: ReturnType<typeof createTestLog>;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-policies-'));
  server = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  nats = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
});

beforeEach(async () => {
  folder = await mkdtemp(join(directory, 'config-'));
  registry = new Registry();
  log = createTestLog();
  link = linkNats(server.url, log.log);
});

afterEach(async () => {
  await policies.stop();
  await link.close();
  await new Kvm(nats).open('culvert-config').then(
    (kv) => kv.destroy(),
    () => undefined,
  );
});

after(async () => {
  await nats.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

function start(): void {
  policies = startPolicies({ directory: folder, link, clock: systemClock, log: log.log, registry });
}

function policy(percent: number, name = 'cart', more = ''): string {
  return `apiVersion: culvert.dev/v1alpha1
kind: CapturePolicy
metadata: { name: ${name}, namespace: shop }
spec: { selector: { matchLabels: { app: ${name} } }, sampling: { percent: ${percent} } ${more} }
`;
}

/** Sends a heartbeat as a standalone agent does. */
function beat(labels: Record<string, string> = { app: 'cart' }, more: Partial<AgentHeartbeat> = {}): void {
  const owner = { cluster: 'local', namespace: 'shop', agentId: 'agent-1' };
  const heartbeat = AgentHeartbeat.create({
    agentId: owner.agentId,
    identity: { cluster: 'local', namespace: 'shop', workload: 'Process/cart' },
    configKey: KEY,
    labels,
    ...more,
  });
  nats.publish(agentSubject('metrics', owner), AgentHeartbeat.encode(heartbeat).finish());
}

async function read(key = KEY): Promise<WorkloadDocument | undefined> {
  const kv: KV | undefined = await new Kvm(nats).open('culvert-config').catch(() => undefined);
  const entry = await kv?.get(key).catch(() => undefined);
  return entry?.operation === 'PUT' ? parseDocument(entry.string()) : undefined;
}

/** Waits until the agent's document samples so many percent; the defaults sample 1 of 1. */
async function sampled(numerator: number, timeoutMs = 20_000): Promise<WorkloadDocument> {
  let document: WorkloadDocument | undefined;
  const reached = await becomesTrue(
    async () => {
      beat();
      document = await read();
      return document?.otherPorts.sampling.numerator === numerator;
    },
    { timeoutMs },
  );
  assert.ok(
    reached && document,
    `sampling is ${JSON.stringify(document?.otherPorts.sampling)}; ${problems()}`,
  );
  return document;
}

function problems(): string {
  return policies.report().problems.join('\n');
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  assert.ok(await becomesTrue(condition, { timeoutMs: 20_000 }), `${what} did not happen; ${problems()}`);
}

test('a document that can not be written keeps none of the others back', async () => {
  const ports = Array.from({ length: 30 }, (_, index) => `{ port: ${index + 1} }`).join(', ');
  const paths = Array.from({ length: 32 }, () => `{ value: /${'x'.repeat(1_023)} }`).join(', ');
  const more = `, ports: [${ports}], match: [{ paths: [${paths}] }, { paths: [${paths}] }]`;
  await writeFile(join(folder, 'shop.yaml'), `${policy(1, 'large', more)}---\n${policy(7)}`);
  start();
  const refused = (): Promise<boolean> => {
    beat({ app: 'large' }, { configKey: 'workload.shop.large' });
    return Promise.resolve(problems().includes("documents can't be written"));
  };
  assert.ok(await becomesTrue(refused, { timeoutMs: 20_000 }), problems());

  await sampled(7);

  assert.match(problems(), /documents can't be written: workload\.shop\.large: /);
  assert.equal(await read('workload.shop.large'), undefined);
});

test('a changed file becomes a document with a new revision within two seconds', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  const first = await sampled(10);

  await writeFile(join(folder, 'cart.yaml'), policy(20));
  const second = await sampled(20, PROMISED_MS);

  assert.notEqual(second.revision, first.revision);
  assert.equal(second.workload, 'Process/cart');
  assert.deepEqual(
    second.policies.map(({ namespace, name }) => `${namespace}/${name}`),
    ['shop/cart'],
  );
});

test('a file that replaces another one by renaming is followed', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  await sampled(10);

  await writeFile(join(folder, 'cart.yaml.tmp'), policy(30));
  await rename(join(folder, 'cart.yaml.tmp'), join(folder, 'cart.yaml'));

  await sampled(30);
});

test('a mounted ConfigMap, whose links are exchanged at once, is followed', async () => {
  for (const [version, percent] of [
    ['..v1', 10],
    ['..v2', 20],
  ] as const) {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'cart.yaml'), policy(percent));
  }
  await symlink('..v1', join(folder, '..data'));
  await symlink('..data/cart.yaml', join(folder, 'cart.yaml'));
  start();
  await sampled(10);

  await symlink('..v2', join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));

  await sampled(20);
});

test('a file that goes takes its policies along, and one that comes brings them', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  await sampled(10);

  await unlink(join(folder, 'cart.yaml'));
  const defaults = await sampled(1);
  await writeFile(join(folder, 'other.yml'), policy(40));

  assert.deepEqual(defaults.policies, []);
  await sampled(40);
});

test('a file with a mistake holds as it was, and log, health and metrics say what is wrong', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  await sampled(10);

  await writeFile(join(folder, 'cart.yaml'), `${policy(20)}---\n${policy(30, 'till', ', probes: Yes')}`);
  await until(() => policies.report().brokenFiles === 1, 'the mistake is found');

  const sentence = /cart\.yaml:6: document 2: spec\.probes is true and should be text/;
  assert.match(problems(), sentence);
  assert.ok(log.lines.some(({ msg }) => sentence.test(String(msg))));
  assert.match(await registry.metrics(), /^culvert_policy_files_broken 1$/m);
  assert.equal((await sampled(10)).otherPorts.capture, true);
  await writeFile(join(folder, 'cart.yaml'), policy(20));
  await sampled(20);
  assert.equal(problems(), '');
});

test('while a file never was without mistakes, documents stay as an earlier process wrote them', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  const before = await sampled(10);
  await policies.stop();
  await writeFile(join(folder, 'cart.yaml'), policy(200));
  await writeFile(join(folder, 'other.yaml'), policy(5, 'till'));
  registry = new Registry();
  start();

  await until(() => {
    beat();
    const { brokenFiles, files, agents } = policies.report();
    return brokenFiles === 1 && files === 2 && agents === 1;
  }, 'the files are read and the agent is heard');

  assert.match(problems(), /cart\.yaml has had mistakes since this process began/);
  assert.equal((await read())?.revision, before.revision);
  await writeFile(join(folder, 'cart.yaml'), policy(50));
  await sampled(50);
});

test('an agent that comes late, or comes with other labels, gets its document', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  await until(() => policies.report().policies === 1, 'the folder is read');
  assert.equal(await read(), undefined, 'nothing is written for nobody');
  await sampled(10);

  await until(async () => {
    beat({ app: 'till' });
    return (await read())?.otherPorts.sampling.numerator === 1;
  }, 'the policy no longer selects the agent');
});

test('agents without a key, that end, or that name keys of other documents get none', async () => {
  start();
  await until(() => {
    beat({}, { configKey: '' });
    beat({}, { closing: true });
    beat({}, { configKey: 'manifest.shop' });
    beat({}, { configKey: 'workload..cart' });
    beat({ app: 'cart' }, { configKey: 'workload.shop.Process.last.x' });
    return policies.report().agents === 1;
  }, 'the last one is heard');

  await until(async () => (await read('workload.shop.Process.last.x')) !== undefined, 'a document for it');
  const kv = await new Kvm(nats).open('culvert-config');
  const keys: string[] = [];
  for await (const key of await kv.keys()) keys.push(key);
  assert.deepEqual(keys, ['workload.shop.Process.last.x']);
});

test('a document that somebody deleted is written again while its agent runs another one', async () => {
  await writeFile(join(folder, 'cart.yaml'), policy(10));
  start();
  await sampled(10);
  await (await new Kvm(nats).open('culvert-config')).destroy();

  await until(async () => {
    beat();
    return (await read()) !== undefined;
  }, 'the document is there again');
});

test('the bucket is made for agents that read by direct get alone', async () => {
  start();
  await sampled(1);

  const reply = await nats.request(`$JS.API.DIRECT.GET.KV_culvert-config.$KV.culvert-config.${KEY}`);

  assert.equal(parseDocument(reply.string()).kind, 'Workload');
  const status = await (await new Kvm(nats).open('culvert-config')).status();
  assert.equal(status.history, 1);
  assert.equal(status.streamInfo.config.storage, 'file');
});

test('a folder that is missing is said, and read once it is there', async () => {
  const missing = join(folder, 'later');
  folder = missing;
  start();
  await until(() => /no such file or directory/.test(problems()), 'it is said');
  assert.ok(log.lines.some(({ msg }) => String(msg).startsWith("CULVERT_CONFIG_DIR can't be read")));

  await mkdir(missing);
  await writeFile(join(missing, 'cart.yaml'), policy(10));

  await sampled(10);
});
