/**
 * Subscribers of all live traffic that read the beginning and then nothing any more.
 *
 * Arguments: the port of the api, how many over server-sent events, and how many over WebSockets. Prints a line when
 * all are stuck.
 */
import { connect } from 'node:net';
import { WebSocket } from 'ws';

const [port = '', overEvents = '', overWebSockets = ''] = process.argv.slice(2);
const QUERY = `subscription { trafficEvents { __typename
  ... on HttpTransaction { requestId method url path status timestamp agentId state durationMs }
  ... on GapMarker { lost since } } }`;

let stuck = 0;
function onStuck(): void {
  if (++stuck === Number(overEvents) + Number(overWebSockets)) process.stdout.write('stuck\n');
}

for (let i = 0; i < Number(overEvents); i++) {
  const body = JSON.stringify({ query: QUERY });
  const socket = connect({ host: '127.0.0.1', port: Number(port) }, () => {
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
        `Accept: text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  socket.once('data', () => {
    socket.pause();
    onStuck();
  });
  socket.on('error', fail);
}

for (let i = 0; i < Number(overWebSockets); i++) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init' }));
  });
  socket.once('message', () => {
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }), () => {
      socket.pause();
      onStuck();
    });
  });
  socket.on('error', fail);
}

// Sockets that are not read keep nothing alive.
setInterval(() => undefined, 60_000);

function fail(error: Error): void {
  process.stdout.write(`failed: ${error.message}\n`);
}
