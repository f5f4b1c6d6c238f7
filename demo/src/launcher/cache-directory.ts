import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what was downloaded or built here is kept, outside the checkout: below `XDG_CACHE_HOME`, `~/.cache` by default. */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'culvert');
}
