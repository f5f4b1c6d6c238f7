import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `CULVERT_RENEW_GOLDEN=1 scripts/run.sh scripts/test.ts cli/` writes the files anew. */
const RENEW = process.env['CULVERT_RENEW_GOLDEN'] === '1';

/** What an output should be, from the folder `golden`. */
export function golden(name: string, found: string): string {
  const file = join(import.meta.dirname, '../golden', name);
  if (RENEW) writeFileSync(file, found);
  return readFileSync(file, 'utf8');
}
