import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from '@culvert/demo/launcher/ports';
import { culvert, startCulvert } from './testing/culvert.ts';
import { exchangeWith } from './testing/exchange.ts';
import { type Peer, sendJson, startPeer } from './testing/peer.ts';
import { commands } from './commands/commands.ts';

const EMPTY_PAGE = {
  data: { transactions: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
};

test('every command explains itself with examples, and ends with 0', async () => {
  for (const { words } of commands) {
    const { code, output, errors } = await culvert([...words, '--help']);

    equal(code, 0);
    equal(errors, '');
    match(output, new RegExp(`^Usage: culvert ${words.join(' ')}.*^Examples:\n  # .+\n  .*culvert`, 'ms'));
  }
});

test('help, its groups and the version are written to standard output', async () => {
  const [overview, group, command, version, ...versions] = await Promise.all([
    culvert(['--help']),
    culvert(['help', 'dead-letters']),
    culvert(['help', 'list']),
    culvert(['version']),
    culvert(['--version']),
    culvert(['get', '--version']),
  ]);

  for (const { words, summary } of commands)
    ok(overview.output.includes(`${words.join(' ')} `) && overview.output.includes(summary));
  match(group.output, /^Usage: culvert dead-letters COMMAND/);
  equal(command.output, (await culvert(['list', '--help'])).output);
  match(version.output, /^culvert \d+\.\d+\.\d+\n$/);
  deepEqual(versions, [version, version]);
});

for (const [title, args, environment] of [
  ['no command', [], {}],
  ['an unknown option', ['list', '--frob'], {}],
  ['a wrong value', ['list', '--status', 'teapot'], {}],
  ['a range upside down', ['list', '--since', '1h', '--until', '2h'], {}],
  ['durations upside down', ['list', '--min-duration', '2s', '--max-duration', '1s'], {}],
  ['a malformed id', ['get', 'latest'], {}],
  ['a URL that is none', ['list'], { CULVERT_URL: 'localhost:9090' }],
  ['a password in a URL', ['list', '--url', 'http://me:secret@127.0.0.1/graphql'], {}],
  ['a token file that is not there', ['list', '--token-file', '/nowhere/token'], {}],
  ['letters chosen twice', ['dead-letters', 'requeue', '1', '--all'], {}],
  ['no letters chosen', ['dead-letters', 'requeue'], {}],
  ['an unknown shell', ['completion', 'tcsh'], {}],
] as const) {
  test(`${title} ends with 2 and a sentence on standard error`, async () => {
    const { code, output, errors } = await culvert(args, { environment });

    equal(code, 2, errors);
    equal(output, '');
    match(errors, /^culvert: .{10,}/);
    ok(!errors.includes('secret@'), errors);
    ok(!/^ +at /m.test(errors), errors);
  });
}

test('a server that is away ends with 3 and says how to reach the one of a cluster', async () => {
  const url = `http://127.0.0.1:${await freePort()}/graphql`;

  const { code, errors } = await culvert(['list', '--url', url]);

  equal(code, 3);
  match(
    errors,
    /cannot reach .*: connection refused\n.*\n +kubectl .* port-forward service\/culvert-orchestrator 9090\n/,
  );
});

test('a server that asks for a token ends with 3 and says how to give one', async (t) => {
  const peer = await peerOf(t, (response) => {
    sendJson(response, { errors: [{ message: 'no' }] }, 401);
  });

  const without = await culvert(['list', '--url', peer.url]);
  const wrong = await culvert(['tail', '--url', peer.url], { environment: { CULVERT_TOKEN: 'wrong' } });

  equal(without.code, 3);
  match(without.errors, /asks for a token\nGive its token by CULVERT_TOKEN or --token-file/);
  equal(wrong.code, 3);
  match(wrong.errors, /does not accept the token that was sent/);
});

test('what is not Culvert ends with 3, and a token does not follow a redirection', async (t) => {
  const page = await peerOf(t, (response) => response.end('<html>'));
  const elsewhere = await peerOf(t, (response) => {
    sendJson(response, EMPTY_PAGE);
  });
  const redirecting = await peerOf(t, (response) =>
    response.writeHead(307, { location: elsewhere.url }).end(),
  );
  const environment = { CULVERT_TOKEN: 'secret' };

  const results = [
    await culvert(['list', '--url', page.url], { environment }),
    await culvert(['tail', '--url', page.url], { environment }),
    await culvert(['list', '--url', redirecting.url], { environment }),
  ];

  deepEqual(
    results.map(({ code }) => code),
    [3, 3, 3],
  );
  for (const { errors } of results) match(errors, /does not answer as Culvert does/);
  equal(elsewhere.requests.length, 0);
});

test('errors of GraphQL are told by their kind: arguments 2, the store 1 with advice', async (t) => {
  const codes = ['BAD_USER_INPUT', 'STORE_TIMEOUT', 'INTERNAL'];
  const peer = await peerOf(t, (response, _request, count) => {
    sendJson(response, {
      errors: [{ message: 'It is \u001b[31mso', extensions: { code: codes[count - 1] } }],
    });
  });

  const results = [];
  for (const _ of codes) results.push(await culvert(['list', '--url', peer.url]));

  deepEqual(
    results.map(({ code }) => code),
    [2, 1, 1],
  );
  for (const { errors } of results) match(errors, /^culvert: It is \\x1b\[31mso\n/);
  match(results[1]?.errors ?? '', /Narrow it down/);
});

test('tokens come from the command line, the environment, and for this machine from the data directory', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-cli-'));
  t.after(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, '.culvert'));
  await writeFile(join(directory, '.culvert/token'), 'of-this-machine\n');
  await writeFile(join(directory, 'token'), 'of-a-file\n');
  const peer = await peerOf(t, (response) => {
    sendJson(response, EMPTY_PAGE);
  });
  const ask = (args: readonly string[], environment = {}) =>
    culvert(['list', '--url', peer.url, ...args], { directory, environment });

  await ask([]);
  await ask([], { CULVERT_TOKEN_FILE: 'token' });
  await ask([], { CULVERT_TOKEN_FILE: 'token', CULVERT_TOKEN: 'of-the-environment' });
  await ask(['--token-file', 'token'], { CULVERT_TOKEN: 'of-the-environment' });

  deepEqual(
    peer.requests.map(({ authorization }) => authorization),
    ['Bearer of-this-machine', 'Bearer of-a-file', 'Bearer of-the-environment', 'Bearer of-a-file'],
  );
});

test('a list goes from page to page until it has as many as were asked for', async (t) => {
  const peer = await peerOf(t, (response, { variables }, count) => {
    const nodes = Array.from({ length: Number(variables['first']) }, () => exchangeWith());
    const pageInfo = { hasNextPage: true, endCursor: `page-${count}` };
    sendJson(response, { data: { transactions: { nodes, pageInfo } } });
  });

  const { code, output } = await culvert(['list', '--url', peer.url, '--limit', '1203', '-o', 'json']);

  equal(code, 0);
  equal(output.trimEnd().split('\n').length, 1_203);
  deepEqual(
    peer.requests.map(({ variables: { first, after } }) => [first, after]),
    [
      [500, null],
      [500, 'page-1'],
      [203, 'page-2'],
    ],
  );
});

test('a reader that has seen enough ends the command with 0, without a word', async (t) => {
  const peer = await peerOf(t, (response, _request, count) => {
    const nodes = Array.from({ length: 500 }, () => exchangeWith());
    sendJson(response, {
      data: { transactions: { nodes, pageInfo: { hasNextPage: true, endCursor: `${count}` } } },
    });
  });

  const child = startCulvert(['list', '--url', peer.url, '--limit', 'all', '-o', 'json']);
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  await once(child.stdout, 'data');
  (child.stdout as unknown as { destroy(): void }).destroy();
  const [code] = (await once(child, 'exit')) as [number];

  equal(code, 0);
  equal(errors, '');
});

async function peerOf(t: TestContext, answer: Parameters<typeof startPeer>[0]): Promise<Peer> {
  const peer = await startPeer(answer);
  t.after(() => peer.close());
  return peer;
}
