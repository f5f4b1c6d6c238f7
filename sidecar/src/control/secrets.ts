import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** What an agent shows to NATS. */
export type NatsCredentials =
  { readonly user: string; readonly pass: string } | { readonly auth_token: string };

/** The largest secret that is read, in bytes. */
const LARGEST_BYTES = 4096;

/** The files of a mounted Secret, read anew each time, because they may appear and change while the agent runs. */
export class SecretFiles {
  readonly #directory: string;

  /** @param directory empty when there is none */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** From `nats-token`, else from `nats-user` and `nats-password`; undefined when neither is there. */
  natsCredentials(): NatsCredentials | undefined {
    const token = this.#line('nats-token');
    if (token !== undefined) return { auth_token: token };
    const user = this.#line('nats-user');
    const pass = this.#line('nats-password');
    return user === undefined || pass === undefined ? undefined : { user, pass };
  }

  /** From `redaction-key`, byte for byte. */
  redactionKey(): Buffer | undefined {
    return this.#read('redaction-key');
  }

  #line(name: string): string | undefined {
    const text = this.#read(name)?.toString('utf8').trim();
    return text === '' ? undefined : text;
  }

  /** Undefined for what is missing, empty, too large or no file. */
  #read(name: string): Buffer | undefined {
    if (this.#directory === '') return undefined;
    let file: number | undefined;
    try {
      // Without waiting, in case that somebody put a pipe there.
      file = openSync(join(this.#directory, name), constants.O_RDONLY | constants.O_NONBLOCK);
      const { size } = fstatSync(file);
      if (size === 0 || size > LARGEST_BYTES) return undefined;
      const bytes = Buffer.alloc(size);
      return readSync(file, bytes) === size ? bytes : undefined;
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
}
