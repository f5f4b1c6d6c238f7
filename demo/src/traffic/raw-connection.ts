import { connect } from 'node:net';

/** A connection that is written to byte by byte as the caller likes. */
export interface RawConnection {
  write(text: string): void;
  /** Everything received so far, once it contains a text. */
  received(text: string): Promise<string>;
  /** Everything received, once the other side has ended. */
  ended(): Promise<string>;
  /** Ends this side, or tears the connection down. */
  close(how: 'end' | 'destroy'): void;
}

/** Connects to a port of 127.0.0.1. Text is latin1, one character a byte. */
export async function connectRaw(port: number, timeoutMs = 10_000): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  let over = false;
  let fault: Error | undefined;
  let notify: () => void = () => undefined;
  socket.setEncoding('latin1');
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`nothing came for ${timeoutMs} ms`)));
  socket.on('data', (more: string) => {
    text += more;
    notify();
  });
  socket.on('error', (error) => {
    fault = error;
  });
  socket.on('close', () => {
    over = true;
    notify();
  });
  socket.on('end', () => {
    over = true;
    notify();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const until = async (condition: () => boolean): Promise<string> => {
    while (!condition()) {
      if (fault) throw fault;
      if (over) throw new Error(`the connection ended after ${JSON.stringify(text.slice(-200))}`);
      await new Promise<void>((resolve) => {
        notify = resolve;
      });
    }
    return text;
  };
  return {
    write: (bytes) => socket.write(bytes, 'latin1'),
    received: (part) => until(() => text.includes(part)),
    ended: () => until(() => over),
    close: (how) => (how === 'end' ? socket.end() : socket.destroy()),
  };
}
