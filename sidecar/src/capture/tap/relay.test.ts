import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Outcome } from '@culvert/proto';
import {
  becomes,
  captureTo,
  connectTo,
  createKit,
  exchangesOf,
  readAll,
  startUpstream,
} from '../testing/kit.ts';

const REQUEST = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function setUp(t: TestContext, onConnection: (socket: Socket) => void, options = {}) {
  const kit = createKit(options);
  const upstream = await startUpstream(onConnection);
  const listener = await captureTo(upstream.port, kit.context);
  t.after(() => {
    listener.destroy();
    void listener.drain();
    upstream.close();
  });
  return { kit, upstream, listener };
}

test('the client can end its direction and still gets the answer', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), ...chunks])));
  });
  const client = await connectTo(listener);
  client.end(REQUEST);
  const answer = await readAll(client);
  assert.equal(answer.toString(), `HTTP/1.0 200 OK\r\n\r\n${REQUEST}`);
  await becomes(() => kit.books.exchange.open === 0, 'the exchange has ended');
  const [exchange] = exchangesOf(kit.events());
  assert.equal(exchange?.response?.end?.outcome, Outcome.OUTCOME_COMPLETE);
});

test('a reset by the client reaches the upstream as a reset and ends the exchange as aborted', async (t) => {
  let code: string | undefined;
  const { kit, listener } = await setUp(t, (socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
    socket.resume();
  });
  const client = await connectTo(listener);
  client.write(REQUEST);
  await becomes(() => kit.books.exchange.open === 1, 'the request was seen');
  client.resetAndDestroy();
  await becomes(() => code !== undefined, 'the upstream saw the reset');
  assert.equal(code, 'ECONNRESET');
  await becomes(() => kit.books.exchange.open === 0, 'the exchange has ended');
  assert.equal(exchangesOf(kit.events())[0]?.response?.end?.outcome, Outcome.OUTCOME_CLIENT_ABORTED);
});

test('a reset by the upstream reaches the client as a reset and ends the exchange as aborted', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const client = await connectTo(listener);
  client.write(REQUEST);
  client.resume();
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  await becomes(() => kit.books.exchange.open === 0, 'the exchange has ended');
  assert.equal(exchangesOf(kit.events())[0]?.response?.end?.outcome, Outcome.OUTCOME_UPSTREAM_ABORTED);
});

test('an upstream that refuses resets the client', async (t) => {
  const { upstream, listener } = await setUp(t, () => undefined);
  upstream.close();
  await once(upstream, 'close');
  const client = await connectTo(listener);
  client.resume();
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
});

test('D3: an answer that comes before the end of an upload arrives, although the upstream then resets', async (t) => {
  const { listener } = await setUp(t, (socket) => {
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig', () => socket.destroy());
    });
  });
  const upload = Buffer.alloc(64 * 1024, 'x');
  for (let i = 0; i < 20; i++) {
    const client = await connectTo(listener);
    client.on('error', () => undefined);
    let answer = '';
    client.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    const more = (): void => {
      while (!client.destroyed && client.write(upload));
    };
    client.on('drain', more);
    client.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n');
    more();
    await becomes(() => answer.endsWith('big') || client.destroyed, 'the answer arrived');
    assert.match(answer, /^HTTP\/1.1 413 /, `upload ${i}`);
    client.destroy();
  }
});

test('a connection to an upstream that never answers ends with its client', async (t) => {
  const deaf = await startDeafUpstream(t);
  const { kit, listener } = await setUp(t, () => undefined);
  const toDeaf = await captureTo(deaf, kit.context);
  t.after(() => toDeaf.drain());
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectTo(toDeaf)));
  for (const client of clients) client.write(REQUEST);
  await becomes(() => kit.books.exchange.open === 8, 'the requests were seen');
  for (const client of clients.slice(1)) client.resetAndDestroy();
  await becomes(() => toDeaf.connections === 1, 'connections that are being made are given up');
  clients[0]?.on('error', () => undefined);
  toDeaf.destroy();
  await becomes(() => toDeaf.connections === 0, 'none is left');
  assert.equal(kit.books.exchange.open, 0);
  assert.equal(listener.connections, 0);
});

test('a reader that does not read stops the writer, and then every byte arrives', async (t) => {
  const sent = randomBytes(1024 * 1024);
  const times = 64;
  let accepted: Socket | undefined;
  const { listener } = await setUp(t, (socket) => (accepted = socket.pause()));
  const client = await connectTo(listener);
  client.on('error', () => undefined);
  let written = 0;
  const writeAll = async (): Promise<void> => {
    for (; written < times; written++) if (!client.write(sent)) await once(client, 'drain');
    client.end();
  };
  const writing = writeAll();
  await becomes(() => accepted !== undefined, 'the upstream accepted');
  // The kernel's buffers of four sockets fill up, and then nothing moves although much is left.
  let seen = -1;
  let still = 0;
  await becomes(() => {
    still = written === seen ? still + 1 : 0;
    seen = written;
    return still > 500;
  }, 'the writer stands still');
  assert.ok(written < times, `wrote ${written} MiB that nobody read`);
  assert.ok(accepted);
  let received = 0;
  let same = true;
  for await (const chunk of accepted) {
    const bytes = chunk as Buffer;
    for (let i = 0; i < bytes.length; i += 4_099) same &&= bytes[i] === sent[(received + i) % sent.length];
    received += bytes.length;
  }
  await writing;
  assert.equal(received, times * sent.length);
  assert.ok(same, 'the bytes are the same');
});

test('S1-46: bytes that are no HTTP pass through untouched and the connection counts as opaque', async (t) => {
  const noise = Buffer.concat([Buffer.from([0x16, 0x03, 0x01]), randomBytes(200_000)]);
  const { kit, listener } = await setUp(t, (socket) => socket.pipe(socket));
  const client = await connectTo(listener);
  client.end(noise);
  const echoed = await readAll(client);
  assert.ok(echoed.equals(noise));
  assert.deepEqual([...kit.books.opaque], [['tls', 1]]);
  assert.equal(kit.books.exchange.captured, 0);
});

test('a server that speaks first is not delayed', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => socket.end('220 mail.test ready\r\n'));
  const client = await connectTo(listener);
  const greeting = await readAll(client);
  client.end();
  assert.equal(greeting.toString(), '220 mail.test ready\r\n');
  await becomes(() => listener.connections === 0, 'the connection has ended');
  assert.deepEqual([...kit.books.opaque], [['unexpected_response', 1]]);
});

test('a fault in the recorder is contained: the bytes go on and the connection turns opaque', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => socket.on('data', () => socket.write(RESPONSE)));
  kit.recorder.begin = () => {
    throw new Error('a fault of ours');
  };
  const client = await connectTo(listener);
  client.write(REQUEST);
  const [answer] = (await once(client, 'data')) as [Buffer];
  assert.equal(answer.toString(), RESPONSE);
  assert.deepEqual([...kit.books.opaque], [['parser_error', 1]]);
  assert.equal(kit.errors.length, 1);
  client.destroy();
});

test('S5-40: draining ends idle connections, lets a running exchange end and accepts no more', async (t) => {
  let running: Socket | undefined;
  const { listener } = await setUp(t, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes('/slow')) running = socket;
      else socket.write(RESPONSE);
    });
    socket.on('end', () => socket.end());
  });
  const idle = await connectTo(listener);
  idle.write(REQUEST);
  await once(idle, 'data');
  const busy = await connectTo(listener);
  busy.write('GET /slow HTTP/1.1\r\nHost: h\r\n\r\n');
  await becomes(() => running !== undefined, 'the slow request arrived');
  const drained = listener.drain();
  await once(idle.resume(), 'end');
  idle.end();
  running?.write(RESPONSE);
  const answer = await readAll(busy);
  busy.end();
  await drained;
  assert.equal(answer.toString(), RESPONSE);
  await assert.rejects(connectTo(listener));
});

test('B1: memory of exchanges is bounded: beyond the limit they are written out while open', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => socket.resume(), { heldLimit: 100_000 });
  const clients = await Promise.all(Array.from({ length: 20 }, () => connectTo(listener)));
  for (const client of clients) {
    client.on('error', () => undefined);
    client.write(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(30_000)}`);
  }
  await becomes(
    () => kit.books.body.captured > 15 && kit.books.exchange.open === 20,
    'bodies were written out',
  );
  assert.ok(kit.recorder.heldBytes <= 200_000, `${kit.recorder.heldBytes} bytes held`);
  for (const client of clients) client.resetAndDestroy();
  await becomes(() => kit.books.exchange.open === 0, 'all have ended');
  assert.equal(kit.recorder.heldBytes, 0);
});

/** A port whose queue of connections is full: to further ones nobody answers. */
async function startDeafUpstream(t: TestContext): Promise<number> {
  const worker = new Worker(
    `const { createServer } = require('node:net');
    const { parentPort } = require('node:worker_threads');
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`,
    { eval: true },
  );
  t.after(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  return port;
}

test('a fault that can not be contained turns capture of the port off, for open connections too, and bytes go on', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => socket.on('data', () => socket.write(RESPONSE)));
  const [broken, other] = [await connectTo(listener), await connectTo(listener)];
  for (const client of [broken, other]) {
    client.write(REQUEST);
    await once(client, 'data');
  }
  const fault = (): never => {
    throw new Error('a fault of ours');
  };
  const finishing = t.mock.method(kit.recorder, 'finish', fault);
  t.mock.method(kit.recorder, 'abandon', fault);
  broken.write(REQUEST);
  await once(broken, 'data');
  finishing.mock.restore();
  const captured = kit.books.exchange.captured;
  const later = await connectTo(listener);
  for (const client of [broken, other, later]) {
    client.write(REQUEST);
    const [answer] = (await once(client, 'data')) as [Buffer];
    assert.equal(answer.toString(), RESPONSE);
    client.destroy();
  }
  assert.equal(listener.off, true);
  assert.deepEqual(kit.turnedOff, [listener.binding.upstream.port]);
  assert.equal(kit.books.exchange.captured, captured, 'nothing more is captured');
  assert.equal(kit.books.opaque.get('capture_off'), 1);
});

test('a fault when the client ends its side is contained', async (t) => {
  const { kit, listener } = await setUp(t, (socket) => {
    socket.on('data', () => undefined);
    socket.on('end', () => socket.end(RESPONSE));
  });
  kit.recorder.requestData = () => {
    throw new Error('a fault of ours');
  };
  const client = await connectTo(listener);
  client.end('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\ncut');
  assert.equal((await readAll(client)).toString(), RESPONSE);
  await becomes(() => listener.connections === 0, 'the connection has ended');
  assert.equal(kit.books.exchange.open, 0);
  assert.equal(kit.books.opaque.get('parser_error'), 1);
});

test('draining ends connections that nobody understands once the upstream had the last word and both are silent', async (t) => {
  let asked: Socket | undefined;
  const { listener } = await setUp(
    t,
    (socket) => {
      socket.on('data', (chunk: Buffer) => {
        if (chunk.includes('wait')) asked = socket;
        else socket.write('answered');
      });
      socket.on('end', () => socket.end());
    },
    { rules: { protocol: 'TCP' } },
  );
  const [silent, waiting] = [await connectTo(listener), await connectTo(listener)];
  silent.write('ask');
  await once(silent, 'data');
  waiting.write('wait');
  await becomes(() => asked !== undefined, 'the question arrived');
  const drained = listener.drain();
  await once(silent.resume(), 'end');
  silent.end();
  await becomes(() => listener.connections === 1, 'the silent connection is gone');
  asked?.write('late');
  const [answer] = (await once(waiting, 'data')) as [Buffer];
  await once(waiting.resume(), 'end');
  waiting.end();
  await drained;
  assert.equal(answer.toString(), 'late', 'who waits for an answer gets it');
});
