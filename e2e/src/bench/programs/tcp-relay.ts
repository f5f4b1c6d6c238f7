/**
 * A peer: copies bytes between sockets and reads none of them.
 *
 * Arguments: the port to listen on, the port to dial.
 */
import { connect, createServer, type Socket } from 'node:net';

const [listenPort, upstreamPort] = process.argv.slice(2).map(Number);

function forward(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
}

createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const upstream = connect({
    host: '127.0.0.1',
    port: upstreamPort as number,
    noDelay: true,
    allowHalfOpen: true,
  });
  forward(client, upstream);
  forward(upstream, client);
}).listen(listenPort, '127.0.0.1');
