import type { Writable } from 'node:stream';

/**
 * Gathers what is written to a connection until the current work is done, and hands it over by one system call. Not
 * for `ServerResponse`, which would write the end of an answer before what it gathered: for its socket.
 */
export function writeTogether(connection: Writable): void {
  if (connection.writableCorked > 0) return;
  connection.cork();
  process.nextTick(() => {
    connection.uncork();
  });
}
