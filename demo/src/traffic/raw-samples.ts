import { readAnswer, requestHead } from './message-text.ts';
import { connectRaw } from './raw-connection.ts';
import { ID_HEADER, type Field, type Numbering, type Sent, type SentMessage } from './sent.ts';

/** What an ordinary client wouldn't send. Each returns what it sent and saw. */
export const rawSamples: readonly ((port: number, ids: Numbering) => Promise<Sent[]>)[] = [
  sendPipelined,
  sendHttp10,
  sendConnect,
  sendUpgrade,
  sendAndLeave,
  sendInPart,
  sendForPart,
  sendExpecting,
];

/** Four requests at once on one connection; the answers come in order. */
async function sendPipelined(port: number, ids: Numbering): Promise<Sent[]> {
  const targets = ['/orders/1', '/orders/2', '/orders/99', '/orders/8'];
  const requests = targets.map((target, index) => {
    const last: readonly Field[] = index === targets.length - 1 ? [['Connection', 'close']] : [];
    return { id: ids.next(), target, last };
  });
  const connection = await connectRaw(port);
  const sent = requests.map(({ id, target, last }) => ({
    ...{ id, method: 'GET', target, state: 'COMPLETE' as const },
    request: message(id, ...last),
  }));
  connection.write(sent.map(({ target, request }) => requestHead('GET', target, request)).join(''));
  let rest = await connection.ended();
  connection.close('end');
  return sent.map((one) => {
    const read = readAnswer(rest);
    rest = read.rest;
    return { ...one, response: read.answer };
  });
}

/** HTTP/1.0: the answer ends where the connection does. */
async function sendHttp10(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const request = { ...message(id), version: '1.0', headers: [[ID_HEADER, id]] as const };
  const connection = await connectRaw(port);
  connection.write(requestHead('GET', '/report', request));
  const { answer } = readAnswer(await connection.ended());
  connection.close('end');
  return [{ id, method: 'GET', target: '/report', request, response: answer, state: 'COMPLETE' }];
}

/** CONNECT: after the answer's head the bytes are nobody's business. */
async function sendConnect(port: number, ids: Numbering): Promise<Sent[]> {
  return sendTunnel(port, ids.next(), 'CONNECT', 'shop.local:443', []);
}

/** Upgrade to a protocol of its own. */
async function sendUpgrade(port: number, ids: Numbering): Promise<Sent[]> {
  const asking: readonly Field[] = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'echo'],
  ];
  return sendTunnel(port, ids.next(), 'GET', '/socket', asking);
}

async function sendTunnel(
  port: number,
  id: string,
  method: string,
  target: string,
  asking: readonly Field[],
): Promise<Sent[]> {
  const request = message(id, ...asking);
  const connection = await connectRaw(port);
  connection.write(requestHead(method, target, request));
  const { answer } = readAnswer(await connection.received('\r\n\r\n'), true);
  connection.write('through the tunnel');
  await connection.received('through the tunnel');
  connection.close('end');
  return [{ id, method, target, request, response: answer, state: 'UPGRADED' }];
}

/** A client that leaves in the middle of an answer. */
async function sendAndLeave(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const request = message(id);
  const connection = await connectRaw(port);
  connection.write(requestHead('GET', '/endless', request));
  const { answer } = readAnswer(await connection.received('event: order'));
  connection.close('destroy');
  const response = { ...answer, end: 'left' as const };
  return [{ id, method: 'GET', target: '/endless', request, response, state: 'CLIENT_ABORTED' }];
}

/** A client that ends in the middle of its own body, and is told so. */
async function sendInPart(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const whole = message(id, ['Content-Length', '1000']);
  const request = { ...whole, body: Buffer.from('only this much'), end: 'cut' as const };
  const connection = await connectRaw(port);
  connection.write(requestHead('POST', '/uploads', request) + request.body.toString('latin1'));
  connection.close('end');
  const { answer } = readAnswer(await connection.ended());
  return [{ id, method: 'POST', target: '/uploads', request, response: answer, state: 'CLIENT_ABORTED' }];
}

/** A server that breaks off in the middle of its answer. */
async function sendForPart(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const request = message(id);
  const connection = await connectRaw(port);
  connection.write(requestHead('GET', '/broken-off', request));
  const { answer } = readAnswer(await connection.ended());
  connection.close('end');
  const response = answer;
  return [{ id, method: 'GET', target: '/broken-off', request, response, state: 'UPSTREAM_ABORTED' }];
}

/** A client that waits for 100 Continue, is refused, and keeps its body. */
async function sendExpecting(port: number, ids: Numbering): Promise<Sent[]> {
  const id = ids.next();
  const whole = message(id, ['Expect', '100-continue'], ['Content-Length', '4']);
  const request = { ...whole, end: 'cut' as const };
  const connection = await connectRaw(port);
  connection.write(requestHead('PUT', '/members/uploads', request));
  const { answer } = readAnswer(await connection.ended());
  connection.close('end');
  return [{ id, method: 'PUT', target: '/members/uploads', request, response: answer, state: 'COMPLETE' }];
}

/** A request of HTTP/1.1 without a body. */
function message(id: string, ...more: readonly Field[]): SentMessage {
  return {
    version: '1.1',
    headers: [['Host', 'shop.local'], [ID_HEADER, id], ...more],
    trailers: null,
    body: Buffer.alloc(0),
    end: 'whole',
  };
}
