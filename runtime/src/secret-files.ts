import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsCredentials } from './nats.ts';

/** The largest secret that is read, in bytes. */
const LARGEST_BYTES = 4096;

/**
 * A file of a mounted Secret, byte for byte; undefined for one that is missing, empty, larger than 4096 bytes or no
 * file. Read anew each time, because it may appear and change while the process runs.
 *
 * @param directory empty when there is none
 */
export function readSecretFile(directory: string, name: string): Buffer | undefined {
  if (directory === '') return undefined;
  let file: number | undefined;
  try {
    // Without waiting, in case that somebody put a pipe there.
    file = openSync(join(directory, name), constants.O_RDONLY | constants.O_NONBLOCK);
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

/**
 * The credentials for NATS in a mounted Secret, the same for every process: those of `nats-token`, else those of
 * `nats-user` and `nats-password` together; undefined for as long as neither is whole.
 *
 * @param directory empty when there is none
 */
export function natsCredentialsIn(directory: string): NatsCredentials | undefined {
  const token = line(directory, 'nats-token');
  if (token !== undefined) return { auth_token: token };
  const user = line(directory, 'nats-user');
  const pass = line(directory, 'nats-password');
  return user === undefined || pass === undefined ? undefined : { user, pass };
}

/** Without the line end of an editor. */
function line(directory: string, name: string): string | undefined {
  const text = readSecretFile(directory, name)?.toString('utf8').trim();
  return text === '' ? undefined : text;
}
