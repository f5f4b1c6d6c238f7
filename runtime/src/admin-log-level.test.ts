import assert from 'node:assert/strict';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import { Registry } from 'prom-client';
import { startAdminServer } from './admin.ts';
import { createLogger, type Logger } from './log.ts';

async function serve(t: TestContext): Promise<{ readonly log: Logger; readonly port: number }> {
  const log = createLogger('test', 'info', { write: () => undefined });
  const admin = await startAdminServer({
    host: '0.0.0.0',
    port: 0,
    registry: new Registry(),
    log,
    readiness: [],
  });
  t.after(() => admin.close());
  return { log, port: admin.port };
}

interface Asked {
  readonly host?: string;
  readonly port: number;
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Not `fetch`, which sets the Host that it likes. */
function ask({ host = '127.0.0.1', port, method, body, headers = {} }: Asked): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path: '/log-level', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve([response.statusCode ?? 0, text]);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('S3-56: the level is told, and changed without a restart', async (t) => {
  const { log, port } = await serve(t);

  const before = await ask({ port, method: 'GET' });
  const changed = await ask({ port, method: 'PUT', body: '{"level":"trace"}' });
  const levelThen = log.level;
  const plainly = await ask({ port, method: 'PUT', body: 'error\n' });
  const after = await ask({ port, method: 'GET' });

  assert.deepEqual(before, [200, '{"level":"info"}\n']);
  assert.deepEqual(changed, [200, '{"level":"trace"}\n']);
  assert.equal(levelThen, 'trace');
  assert.deepEqual(plainly, [200, '{"level":"error"}\n']);
  assert.deepEqual(after, [200, '{"level":"error"}\n']);
});

test('a level that there is none of, too large a body or another method changes nothing', async (t) => {
  const { log, port } = await serve(t);

  const answers = [
    await ask({ port, method: 'PUT', body: '{"level":"silent"}' }),
    await ask({ port, method: 'PUT', body: 'null' }),
    await ask({ port, method: 'PUT' }),
    await ask({ port, method: 'PUT', body: `{"level":"debug"}${' '.repeat(300)}` }),
    await ask({ port, method: 'POST', body: 'debug' }),
  ];

  assert.deepEqual(
    answers.map(([status]) => status),
    [400, 400, 400, 413, 405],
  );
  assert.deepEqual(JSON.parse(answers[0]?.[1] ?? ''), {
    error: 'send one of fatal, error, warn, info, debug, trace, as {"level":"info"} or as info alone',
  });
  assert.equal(log.level, 'info');
});

test('neither another machine nor a page in a browser can change the level', async (t) => {
  const { log, port } = await serve(t);
  const address = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

  const page = await ask({ port, method: 'PUT', body: 'debug', headers: { host: 'rebound.example' } });
  // Connecting to an address of its own, the machine is seen under that one, as others are under theirs.
  const others =
    address === undefined ? undefined : await ask({ host: address, port, method: 'PUT', body: 'debug' });

  assert.equal(page[0], 403);
  assert.ok(others === undefined || others[0] === 403);
  assert.equal(log.level, 'info');
});
