/**
 * Subscribers of all live traffic that read the beginning and then nothing any more.
 *
 * Arguments: the port of the api, how many over server-sent events, how many over WebSockets, and how many milliseconds
 * apart. Prints a line when all are stuck.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

const [port = '', overEvents = '', overWebSockets = '', apartMs = ''] = process.argv.slice(2);
const QUERY = `subscription { trafficEvents { __typename
  ... on HttpTransaction { requestId method url path status timestamp agentId state durationMs }
  ... on GapMarker { lost since } } }`;

/** Subscribes by server-sent events and stops reading with the first bytes. */
function byEvents(): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ query: QUERY });
    const socket = connect({ host: '127.0.0.1', port: Number(port) }, () => {
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
          `Accept: text/event-stream\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
    socket.once('data', () => {
      socket.pause();
      resolve();
    });
    socket.on('error', reject);
  });
}

/** Subscribes by WebSocket and stops reading before the first update. */
function byWebSocket(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init' }));
    });
    socket.once('message', () => {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }), () => {
        socket.pause();
        resolve();
      });
    });
    socket.on('error', reject);
  });
}

// Sockets that are not read keep nothing alive.
setInterval(() => undefined, 60_000);
for (let i = 0; i < Math.max(Number(overEvents), Number(overWebSockets)); i++) {
  if (i < Number(overEvents)) await byEvents();
  await delay(Number(apartMs));
  if (i < Number(overWebSockets)) await byWebSocket();
  await delay(Number(apartMs));
}
process.stdout.write('stuck\n');
