import { createServer, type Server } from 'node:net';

// Below the ports that Linux, macOS and Windows give to outgoing connections and to listeners that ask for any port,
// and below Kubernetes' node ports: nothing takes one of these by chance between its choice and its use.
const FIRST = 20_000;
const BLOCK = 50;
const BLOCKS = 200;

interface Block {
  readonly first: number;
  used: number;
}
let block: Promise<Block> | undefined;

/**
 * A TCP port that nothing on 127.0.0.1 listens on, and that no other caller is given, in this process or another one of
 * this machine, as long as this process lives.
 *
 * @throws Error when all ports set apart for this are taken
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const mine = (block ??= claimBlock().catch((error: unknown) => {
      block = undefined;
      throw error;
    }));
    const current = await mine;
    // The first port of a block marks it as claimed.
    if (++current.used < BLOCK) {
      const port = current.first + current.used;
      if (await canListen(port)) return port;
    } else if (block === mine) block = undefined;
  }
}

// A block belongs to who listens on its first port; the kernel gives it back when that process ends, however it ends.
async function claimBlock(): Promise<Block> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let index = 0; index < BLOCKS; index++) {
    const first = FIRST + ((start + index) % BLOCKS) * BLOCK;
    const claim = await listen(first);
    if (!claim) continue;
    claim.unref();
    return { first, used: 0 };
  }
  throw new Error(`All ports from ${FIRST} to ${FIRST + BLOCKS * BLOCK - 1} are taken: end what uses them.`);
}

async function canListen(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
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
