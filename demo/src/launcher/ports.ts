import { createServer, type AddressInfo } from 'node:net';

/** A TCP port on 127.0.0.1 that was free a moment ago. Another process may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Checks that something may listen on a port of 127.0.0.1.
 *
 * @param variable the environment variable that changes the port
 * @param purpose who wants it, such as `Postgres`
 * @throws Error whose message is a sentence with port and variable
 */
export async function assertFree(port: number, variable: string, purpose: string): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is taken by another process'
          : error.code === 'EACCES'
            ? 'may not be used by this user'
            : `cannot be used (${error.message})`;
      reject(
        new Error(
          `Port ${port}, which ${purpose} needs, ${reason}: free it or choose another with ${variable}.`,
        ),
      );
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
