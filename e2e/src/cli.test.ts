import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { connect } from '@nats-io/transport-node';
import { root } from '@culvert/demo/launcher/root';
import { createEndings, startStackWith, type Stack } from './rig/stack.ts';
import { eventually } from './rig/eventually.ts';

const run = promisify(execFile);
const PROGRAM = join(root, 'cli/src/main.ts');
const TOKEN = 'a-token-of-the-test';
const endings = createEndings();
let stack: Stack;

before(async () => {
  stack = await startStackWith(endings, {
    orchestrator: { CULVERT_TOKEN: TOKEN, CULVERT_REQUIRE_TOKEN: '0' },
  });
});
after(() => endings.run());

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Nothing that this user has set for the command; but the clock and the zone that tests were given. */
const OTHERS = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('CULVERT_')),
);

function start(args: readonly string[]) {
  const env = { ...OTHERS, CULVERT_URL: stack.graphql.url, CULVERT_TOKEN: TOKEN };
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
}

async function culvert(...args: readonly string[]): Promise<Outcome> {
  const child = start(args);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, output, errors };
}

function lines<T>(output: string): T[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Sends bytes, each a character, and waits for the end of the answer. */
async function sendRaw(bytes: string): Promise<void> {
  const socket = connectTo(stack.port, '127.0.0.1');
  socket.end(bytes, 'latin1');
  await text(socket);
}

interface Shown {
  readonly requestId: string;
  readonly path: string;
  readonly status: number;
  readonly method: string;
  readonly state: string;
}

async function stored(path: string, count: number): Promise<Shown[]> {
  return eventually(
    async () => lines<Shown>((await culvert('list', '--path', path, '-o', 'json', '--limit', 'all')).output),
    (found) => found.length === count && found.every(({ state }) => state !== 'OPEN'),
    `${count} exchanges of ${path} are stored`,
  );
}

const send = (path: string, options: RequestInit = {}): Promise<string> =>
  fetch(`http://127.0.0.1:${stack.port}${path}`, options).then((response) => response.text());

test('a list finds by every filter what was sent, and nothing else', async () => {
  for (const status of [200, 404, 500, 503]) await send(`/found/${status}?status=${status}`);
  await send('/found/posted?Needle', { method: 'POST', body: 'x' });
  const all = await stored('/found/', 5);
  const [newest] = all;
  const by = async (...args: string[]): Promise<string[]> => {
    const { code, output, errors } = await culvert('list', '--path', '/found/', '-o', 'json', ...args);
    assert.equal(code, 0, errors);
    return lines<Shown>(output).map(({ path }) => path.split('?')[0]?.replace('/found/', '') ?? '');
  };

  assert.deepEqual(await by('--status', '5xx'), ['503', '500']);
  assert.deepEqual(await by('--status', '404-500'), ['500', '404']);
  assert.deepEqual(await by('--method', 'POST,PUT'), ['posted']);
  assert.deepEqual(await by('--contains', 'nEEDLE'), ['posted']);
  assert.deepEqual(await by('--host', `127.0.0.1:${stack.port}`, '--limit', '1'), ['posted']);
  assert.deepEqual(await by('--host', 'elsewhere.example'), []);
  assert.deepEqual(
    await by('--namespace', 'shop', '--agent', 'agent-1', '--cluster', 'local', '--status', '404'),
    ['404'],
  );
  assert.deepEqual(await by('--namespace', 'other'), []);
  assert.deepEqual(
    await by(
      '--since',
      '1h',
      '--until',
      'now',
      '--state',
      'complete',
      '--max-duration',
      '1h',
      '--status',
      '200-404',
    ),
    ['posted', '404', '200'],
  );
  assert.deepEqual(await by('--until', '1h'), []);
  assert.deepEqual(await by('--min-duration', '1h'), []);
  assert.equal(newest?.method, 'POST');
});

test('a list goes on beyond the largest page', async () => {
  for (let round = 0; round < 52; round++)
    await Promise.all(Array.from({ length: 10 }, (_, index) => send(`/many/${round}/${index}`)));

  const found = await stored('/many/', 520);

  assert.equal(new Set(found.map(({ path }) => path)).size, 520);
});

test('one exchange is shown whole, by its id and by the beginning of it', async () => {
  const body = gzipSync('{"hidden":"no more"}');
  await send('/whole?x=1', {
    method: 'PUT',
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json', 'x-evil': '\u009b31m' },
    body,
  });
  const [{ requestId } = assert.fail('none')] = await stored('/whole', 1);
  await eventually(
    () => culvert('get', requestId, '-o', 'json'),
    ({ output }) => lines<{ requestBodyState: string }>(output)[0]?.requestBodyState === 'COMPLETE',
    'its body is stored',
  );

  const page = await culvert('get', requestId);
  const again = await culvert('get', requestId.slice(0, 18));
  const [json] = lines<{ requestBodyText: string; requestBody: string; requestHeaders: [string, string][] }>(
    (await culvert('get', requestId, '-o', 'json')).output,
  );
  const raw = await culvert('get', requestId, '--body', 'request');

  assert.equal(page.code, 0);
  assert.match(page.output, /^PUT http:\/\/127\.0\.0\.1:\d+\/whole\?x=1 {2}200\n/);
  assert.match(page.output, /x-evil: \\x9b31m/);
  assert.match(page.output, /gzip, decoded to 20 bytes\)\n {2}\{"hidden":"no more"\}/);
  assert.equal(again.output, page.output);
  assert.equal(json?.requestBodyText, '{"hidden":"no more"}');
  assert.ok(Buffer.from(json.requestBody, 'base64').equals(body));
  assert.equal(raw.output, '{"hidden":"no more"}');
});

test('an exchange that is not there ends with 1', async () => {
  const { code, output, errors } = await culvert('get', '01900000-0000-7000-8000-000000000000');

  assert.equal(code, 1);
  assert.equal(output, '');
  assert.match(errors, /there is no exchange/);
});

test('a curl command, run by a shell, makes the same exchange again', async () => {
  const body = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
  await send("/again/'$(id)'?a=%7Bb%7D", { method: 'POST', headers: { 'x-quote': `'"$(id)\`id\`` }, body });
  const [{ requestId } = assert.fail('none')] = await stored('/again/', 1);
  const whole = async (id: string): Promise<Record<string, unknown>> =>
    (await eventually(
      async () => lines<Record<string, unknown>>((await culvert('get', id, '-o', 'json')).output)[0],
      (found) => found?.['requestBodyState'] === 'COMPLETE',
      'its body is stored',
    )) ?? {};
  const first = await whole(requestId);
  const command = await culvert('get', requestId, '-o', 'curl');

  await run('sh', ['-c', command.output]);

  const [second] = await stored('/again/', 2);
  const repeated = await whole(second?.requestId ?? '');
  const fields = (exchange: Record<string, unknown>): string[] =>
    (exchange['requestHeaders'] as [string, string][])
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .sort();
  assert.notEqual(repeated['requestId'], requestId);
  for (const name of ['method', 'url', 'requestBody', 'httpVersion'])
    assert.deepEqual(repeated[name], first[name], name);
  assert.deepEqual(fields(repeated), fields(first));
});

test('a curl command repeats bytes that are no text and a target in absolute form, and so does HAR', async () => {
  const host = `127.0.0.1:${stack.port}`;
  const whole = async (path: string, count: number): Promise<Record<string, unknown>> =>
    lines<Record<string, unknown>>(
      (await culvert('get', (await stored(path, count))[0]?.requestId ?? '', '-o', 'json')).output,
    )[0] ?? {};
  for (const [path, target] of [
    ['/bytes/', '/bytes/caf\u00e9'],
    ['/absolute', `http://${host}/absolute`],
  ] as const) {
    await sendRaw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const first = await whole(path, 1);
    const command = await culvert('get', String(first['requestId']), '-o', 'curl');

    await run('sh', ['-c', command.output]);

    const second = await whole(path, 2);
    assert.equal(command.errors, '');
    assert.equal(first['requestTarget'], target);
    assert.equal(second['requestTarget'], target);
    assert.notEqual(second['requestId'], first['requestId']);
  }
  const har = await culvert('list', '--path', '/bytes/', '--limit', '1', '-o', 'har');
  assert.match(har.output, /"url":"http:\/\/127\.0\.0\.1:\d+\/bytes\/caf%E9"/);
});

test('a tail shows what happens from now on, and what it filters, with bodies in a HAR document', async () => {
  const tail = start(['tail', '--path', '/live/', '--status', '4xx', '--limit', '2', '-o', 'har']);
  const ended = once(tail, 'exit') as Promise<[number]>;
  const written = text(tail.stdout);
  let sent = 0;
  // The subscription holds from some moment on, which nobody is told.
  const sending = eventually(
    async () => {
      await send(`/live/${sent++}?status=418`, { method: 'POST', body: 'short and stout' });
      await send(`/live/none?status=200`);
      return tail.exitCode;
    },
    (code) => code !== null,
    'the tail has seen enough',
  );

  const [code] = await ended;
  await sending;

  const { log } = JSON.parse(await written) as {
    log: {
      entries: {
        request: { postData: { text: string } };
        response: { status: number; content: { text: string } };
      }[];
    };
  };
  assert.equal(code, 0);
  assert.equal(log.entries.length, 2);
  for (const { request, response } of log.entries) {
    assert.equal(response.status, 418);
    assert.equal(request.postData.text, 'short and stout');
    assert.equal(response.content.text, 'SHORT AND STOUT');
  }
});

test('a tail goes on when the orchestrator comes back', async () => {
  const tail = start(['tail', '--path', '/back', '--limit', '1', '-o', 'json']);
  let errors = '';
  tail.stderr.on('data', (chunk) => (errors += String(chunk)));
  const written = text(tail.stdout);
  const ended = once(tail, 'exit') as Promise<[number]>;
  await eventually(
    async () => (await fetch(`${stack.orchestrator().metricsUrl}/metrics`)).text(),
    (page) => /^culvert_\w*subscriptions\w*(\{[^}]*\})? [1-9]/m.test(page),
    'the tail is connected',
  );

  await stack.crashOrchestrator();

  await eventually(
    async () => {
      await send('/back');
      return tail.exitCode;
    },
    (code) => code !== null,
    'the tail shows what comes afterwards',
  );
  const [code] = await ended;
  assert.equal(code, 0, errors);
  assert.equal(lines<Shown>(await written)[0]?.path, '/back');
  assert.match(errors, /connecting again\n.*connected again/s);
});

test('counts are shown by what was chosen', async () => {
  for (const status of [200, 200, 500]) await send(`/counted/${status}7?status=${status}`);
  await stored('/counted/', 3);

  const groups = await eventually(
    async () =>
      lines<{ pathTemplate: string; statusClass: number; count: number }>(
        (await culvert('stats', '--by', 'path,status', '--since', '1h', '-o', 'json')).output,
      ).filter(({ pathTemplate }) => pathTemplate.startsWith('/counted/')),
    (found) => found.length === 2,
    'they are counted',
  );
  const table = await culvert('stats', '--by', 'path', '--bucket', '1h');

  assert.deepEqual(groups.map(({ statusClass, count }) => [statusClass, count]).sort(), [
    [2, 2],
    [5, 1],
  ]);
  assert.match(table.output, /^FROM +PATH +COUNT +ERRORS.*\n.*\/counted\//s);
});

test('dead letters are listed, and sent back', async () => {
  const nats = await connect({ servers: stack.nats.url });
  nats.publish('culvert.exchange.local.shop.agent-1', new TextEncoder().encode('no batch at all'));
  await nats.flush();
  await nats.close();
  const [letter] = await eventually(
    async () =>
      lines<{ id: string; state: string; reason: string }>(
        (await culvert('dead-letters', 'list', '-o', 'json')).output,
      ),
    (letters) => letters.length > 0,
    'it is set aside',
  );

  const table = await culvert('dead-letters', 'list', '--state', 'held', '-n', 'shop');
  const requeued = await culvert('dead-letters', 'requeue', letter?.id ?? '');
  const unknown = await culvert('dead-letters', 'requeue', '999999');

  assert.match(table.output, /^ID +SINCE +REASON +STATE +KIND .*\n.* held +exchange /);
  assert.equal(requeued.output, '1 sent back, 0 not\n', requeued.errors);
  assert.equal(requeued.code, 0);
  assert.equal(unknown.code, 1);
  assert.match(unknown.errors, /999999: there is no such dead letter/);
});
