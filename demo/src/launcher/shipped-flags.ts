import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The flags that a process is shipped with for Node.
 *
 * @param folder of the process's sources, or of its bundle
 * @returns none where the process has none
 */
export function shippedFlags(folder: string): readonly string[] {
  const file = join(folder, 'node-options');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/) : [];
}
