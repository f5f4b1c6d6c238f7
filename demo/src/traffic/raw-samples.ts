import { connectRaw } from './raw-connection.ts';
import { ID_HEADER, type Numbering, type Sent } from './sent.ts';

const NOTHING = Buffer.alloc(0);

/** What an ordinary client wouldn't send. Each returns what it sent and saw. */
export const rawSamples: readonly ((port: number, ids: Numbering) => Promise<Sent[]>)[] = [
  sendPipelined,
  sendHttp10,
  sendConnect,
  sendUpgrade,
  sendAndLeave,
];

/** Four requests at once on one connection; the answers come in order. */
async function sendPipelined(port: number, ids: Numbering): Promise<Sent[]> {
  const targets = ['/orders/1', '/orders/2', '/orders/99', '/orders/8'];
  const requests = targets.map((target) => ({ target, id: ids.next() }));
  const connection = await connectRaw(port);
  connection.write(
    requests
      .map(({ target, id }, index) => {
        const last = index === requests.length - 1 ? 'Connection: close\r\n' : '';
        return `GET ${target} HTTP/1.1\r\nHost: shop.local\r\n${ID_HEADER}: ${id}\r\n${last}\r\n`;
      })
      .join(''),
  );
  const answers = splitResponses(await connection.ended());
  connection.close('end');
  return requests.map(({ target, id }, index) => {
    const answer = answers[index];
    if (answer === undefined) throw new Error(`only ${answers.length} of ${requests.length} answers came`);
    return complete(id, 'GET', target, answer);
  });
}

/** HTTP/1.0: the answer ends where the connection does. */
async function sendHttp10(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const connection = await connectRaw(port);
  connection.write(`GET /report HTTP/1.0\r\n${ID_HEADER}: ${id}\r\n\r\n`);
  const [head = '', body = ''] = halves(await connection.ended());
  connection.close('end');
  return [complete(id, 'GET', '/report', { status: statusOf(head), body: Buffer.from(body, 'latin1') })];
}

/** CONNECT: after the answer's head the bytes are nobody's business. */
async function sendConnect(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const connection = await connectRaw(port);
  connection.write(`CONNECT shop.local:443 HTTP/1.1\r\nHost: shop.local:443\r\n${ID_HEADER}: ${id}\r\n\r\n`);
  const head = await connection.received('\r\n\r\n');
  connection.write('through the tunnel');
  await connection.received('through the tunnel');
  connection.close('end');
  return [upgraded(id, 'CONNECT', 'shop.local:443', statusOf(head))];
}

/** Upgrade to a protocol of its own. */
async function sendUpgrade(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const connection = await connectRaw(port);
  connection.write(
    `GET /socket HTTP/1.1\r\nHost: shop.local\r\nConnection: Upgrade\r\nUpgrade: echo\r\n${ID_HEADER}: ${id}\r\n\r\n`,
  );
  const head = await connection.received('\r\n\r\n');
  connection.write('hello');
  await connection.received('hello');
  connection.close('end');
  return [upgraded(id, 'GET', '/socket', statusOf(head))];
}

/** A client that leaves in the middle of an answer. */
async function sendAndLeave(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const connection = await connectRaw(port);
  connection.write(`GET /endless HTTP/1.1\r\nHost: shop.local\r\n${ID_HEADER}: ${id}\r\n\r\n`);
  const head = await connection.received('event: order');
  connection.close('destroy');
  return [
    {
      ...complete(id, 'GET', '/endless', { status: statusOf(head), body: NOTHING }),
      responseBody: undefined,
      state: 'CLIENT_ABORTED',
    },
  ];
}

interface RawResponse {
  readonly status: number;
  readonly body: Buffer;
}

function complete(id: string, method: string, target: string, answer: RawResponse): Sent {
  const { status, body } = answer;
  return { id, method, target, status, requestBody: NOTHING, responseBody: body, state: 'COMPLETE' };
}

function upgraded(id: string, method: string, target: string, status: number): Sent {
  return { id, method, target, status, requestBody: undefined, responseBody: undefined, state: 'UPGRADED' };
}

/** Takes responses apart that all have a Content-Length. */
function splitResponses(text: string): RawResponse[] {
  const responses: RawResponse[] = [];
  for (let rest = text; rest !== '';) {
    const [head, after] = halves(rest);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    responses.push({ status: statusOf(head), body: Buffer.from(after.slice(0, length), 'latin1') });
    rest = after.slice(length);
  }
  return responses;
}

function halves(text: string): [string, string] {
  const end = text.indexOf('\r\n\r\n');
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end + 4)];
}

function statusOf(head: string): number {
  return Number(head.split(' ', 2)[1]);
}
