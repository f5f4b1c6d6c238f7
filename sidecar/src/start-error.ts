/**
 * Starts a part; a fault then says in a sentence which setting to change.
 *
 * @param variable the setting that names what the part needs
 * @throws Error with that sentence
 */
export async function explained<T>(variable: string, start: () => Promise<T> | T): Promise<T> {
  try {
    return await start();
  } catch (error) {
    throw new Error(sentence(error as Fault, variable), { cause: error });
  }
}

/** What Node adds to an Error when a port or a file can't be used. */
interface Fault extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
}

function sentence({ code, message, port, address }: Fault, variable: string): string {
  if (port === undefined) return `${message}: change ${variable}`;
  if (code === 'EADDRINUSE')
    return `port ${port} is taken: end what listens there, or choose another one by ${variable}`;
  if (code === 'EACCES') return `port ${port} needs rights that this process lacks: change ${variable}`;
  if (code === 'EADDRNOTAVAIL')
    return `${address ?? 'the address'} is not an address of this machine: change ${variable}`;
  return `${message}: change ${variable}`;
}
