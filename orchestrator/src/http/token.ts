import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../reason.ts';

/** Where the bearer token comes from. Empty texts mean "not given". */
export interface TokenSource {
  readonly token: string;
  readonly tokenFile: string;
  readonly dataDirectory: string;
}

/** A token and where it stands. */
export interface Token {
  readonly value: string;
  /** The file that holds it, to be told to people; undefined when the environment gave it. */
  readonly file: string | undefined;
}

/**
 * Finds the bearer token: from the environment, a named file, or the data directory, where one is made at first
 * with rights for its owner alone.
 *
 * @throws Error when a file can't be read or written, or is empty
 */
export async function loadToken(source: TokenSource): Promise<Token> {
  if (source.token !== '') return { value: source.token, file: undefined };
  if (source.tokenFile !== '')
    return readToken(source.tokenFile).catch((error: unknown) => {
      throw new Error(`CULVERT_TOKEN_FILE: ${reasonOf(error)}`, { cause: error });
    });
  const file = join(source.dataDirectory, 'token');
  try {
    return await readToken(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await makeToken(source.dataDirectory, file);
  return readToken(file);
}

/**
 * Makes a check of `Authorization` headers that takes the same time whatever stands in them.
 *
 * @param token the only one accepted
 */
export function createTokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(token);
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), expected);
  };
}

/** Appears whole or not at all, and only if there is none: processes started at once end up with one token. */
async function makeToken(directory: string, file: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

async function readToken(file: string): Promise<Token> {
  const value = (await readFile(file, 'utf8')).trim();
  if (value === '') throw new Error(`token file ${file} is empty`);
  return { value, file };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
