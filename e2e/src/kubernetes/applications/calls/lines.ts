import { once } from 'node:events';
import { connect } from 'node:net';

/** Conversations of lines, one connection after the other. Without `first`, the server is waited for. */
export interface LinesCall {
  readonly host: string;
  readonly port: number;
  readonly first?: string;
  readonly times: number;
}

/** One conversation: what came first, and how long after the connection was asked for. */
export interface Line {
  readonly received: string;
  readonly milliseconds: number;
}

/** Connects, says `first` or nothing at all, and waits for the first line that comes back. */
export async function receiveLines({ host, port, first, times }: LinesCall): Promise<Line[]> {
  const lines: Line[] = [];
  for (let made = 0; made < times; made++) {
    const begun = performance.now();
    const socket = connect({ host, port, timeout: 30_000 });
    socket.once('timeout', () => socket.destroy(new Error('nothing for thirty seconds')));
    if (first !== undefined) socket.write(first);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    lines.push({ received: chunk.toString(), milliseconds: performance.now() - begun });
    socket.destroy();
  }
  return lines;
}
