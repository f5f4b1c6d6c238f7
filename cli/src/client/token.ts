import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake } from '../command-line/mistake.ts';

/** Where a token may come from. Empty texts mean "not given". */
export interface TokenSources {
  /** `--token-file`. */
  readonly optionFile: string | undefined;
  readonly token: string;
  readonly tokenFile: string;
  readonly dataDirectory: string;
  readonly url: string;
}

/**
 * Finds the bearer token: from the command line, the environment, or the data directory of an orchestrator on this
 * machine.
 *
 * @returns undefined where none is given, which may be right
 * @throws Mistake when a file that was named can't be read or holds no token
 */
export function findToken(sources: TokenSources): string | undefined {
  if (sources.optionFile !== undefined) return readToken(sources.optionFile, '--token-file');
  if (sources.token !== '') return checked(sources.token, 'CULVERT_TOKEN');
  if (sources.tokenFile !== '') return readToken(sources.tokenFile, 'CULVERT_TOKEN_FILE');
  // A token of this machine is nothing that others should be told.
  if (!isThisMachine(new URL(sources.url).hostname)) return undefined;
  try {
    return readToken(join(sources.dataDirectory, 'token'), 'CULVERT_DATA_DIR');
  } catch {
    return undefined;
  }
}

function readToken(file: string, source: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Mistake(`${source}: ${code === 'ENOENT' ? `there is no file ${file}` : message}`);
  }
  return checked(text, `${source}: ${file}`);
}

function checked(text: string, source: string): string {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Mistake(`${source} holds no token: one line of visible characters`);
  return token;
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
