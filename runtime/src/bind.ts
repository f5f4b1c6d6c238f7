import type { AddressInfo, Server } from 'node:net';

/** How a kernel refuses IPv6 that is switched off or not built in. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/**
 * Binds a server to an address and port; to all IPv4 addresses where all of both families are asked for and the machine
 * has no IPv6.
 *
 * @returns the port
 * @throws when the address can't be bound
 */
export async function bind(server: Server, host: string, port: number): Promise<number> {
  try {
    await listening(server, host, port);
  } catch (error) {
    if (host !== '::' || !NO_IPV6.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await listening(server, '0.0.0.0', port);
  }
  return (server.address() as AddressInfo).port;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
