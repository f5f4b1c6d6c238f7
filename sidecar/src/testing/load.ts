import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the upstream does with a request, by its path; the rest of the line is echoed in the body. */
const CHUNKED = ['3\r\nabc\r\n', '4;x=y\r\ndefg\r\n', '0\r\nX-Checksum: 7\r\n\r\n'];
const LARGE = 'y'.repeat(150_000);

/** The requests of a round, all of different kinds, and what must come back to the byte. */
export const MESSAGES: readonly { readonly request: string; readonly response: string }[] = [
  message('GET /plain?token=secret HTTP/1.1\r\nHost: h\r\nCookie: sid=secret\r\n\r\n', whole(200, 'ok')),
  message(
    'POST /kept HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer secret\r\nContent-Length: 5\r\n\r\nhello',
    whole(503, 'no'),
  ),
  message(
    `PUT /large HTTP/1.1\r\nHost: h\r\nContent-Length: ${LARGE.length}\r\n\r\n${LARGE}`,
    whole(200, LARGE),
  ),
  message(
    'POST /chunked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: secret\r\n\r\n',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: sid=secret\r\n\r\n${CHUNKED.join('')}`,
  ),
  message('GET /slow HTTP/1.1\r\nHost: h\r\n\r\n', whole(200, 'slow')),
  message('GET /excluded HTTP/1.1\r\nHost: h\r\n\r\n', whole(200, 'excluded')),
];

function message(request: string, response: string) {
  return { request, response };
}

function whole(status: number, body: string): string {
  return `HTTP/1.1 ${status} S\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Answers the requests of {@link MESSAGES}, the slow one after a pause. */
export async function startAnsweringUpstream(pauseMs: number): Promise<Server & { port: number }> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const found = MESSAGES.find(({ request }) => text === request);
      if (found === undefined) return;
      text = '';
      if (found.request.includes('/slow')) setTimeout(() => socket.write(found.response), pauseMs);
      else socket.write(found.response, 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** Clients that send one message after the other and check each answer. */
export interface Load {
  /** Answers that were right. */
  readonly answered: number;
  /** What went wrong with connections: nothing may. */
  readonly broken: readonly string[];
  /** Sends that many more rounds of all messages on every connection. */
  round(rounds?: number): Promise<void>;
  close(): void;
}

/** @param connections how many are open; after each round one of them is closed and opened anew */
export async function startLoad(port: number, connections: number): Promise<Load> {
  const broken: string[] = [];
  let answered = 0;
  const open = async (): Promise<Client> => {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    const client = { socket, closing: false };
    socket.on('error', (error) => broken.push(`error: ${error.message}`));
    socket.on('close', () => {
      if (!client.closing) broken.push('closed by the sidecar');
    });
    return client;
  };
  const clients = await Promise.all(Array.from({ length: connections }, open));
  let next = 0;
  let closing = false;
  return {
    get answered() {
      return answered;
    },
    broken,
    async round(rounds = 1) {
      for (let i = 0; i < rounds && !closing; i++) {
        const results = await Promise.all(clients.map(({ socket }, index) => play(socket, index)));
        answered += results.flat().filter((right) => right).length;
        if (results.flat().includes(false)) broken.push('an answer differs');
        const place = next++ % clients.length;
        const old = clients[place];
        if (old === undefined || closing) continue;
        old.closing = true;
        old.socket.destroy();
        clients[place] = await open();
      }
    },
    close() {
      closing = true;
      for (const client of clients) {
        client.closing = true;
        client.socket.destroy();
      }
    },
  };
}

interface Client {
  readonly socket: Socket;
  closing: boolean;
}

/** Sends every message, beginning at another one on each connection; says of each whether its answer was right. */
async function play(socket: Socket, first: number): Promise<boolean[]> {
  const right: boolean[] = [];
  for (let i = 0; i < MESSAGES.length; i++) {
    const wanted = MESSAGES[(first + i) % MESSAGES.length];
    if (wanted === undefined || socket.destroyed) return [...right, false];
    let received = '';
    const whole = new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('data', onData);
        socket.off('close', done);
        resolve();
      };
      const onData = (chunk: Buffer): void => {
        received += chunk.toString('latin1');
        if (received.length >= wanted.response.length) done();
      };
      socket.on('data', onData);
      socket.on('close', done);
    });
    socket.write(wanted.request, 'latin1');
    await whole;
    right.push(received === wanted.response);
  }
  return right;
}
