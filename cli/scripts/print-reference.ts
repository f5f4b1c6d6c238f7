/**
 * Prints docs/reference/cli.md from the help of the commands. With `--check` it writes nothing and fails when the file
 * differs from what the code says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { commands } from '../src/commands/commands.ts';
import { everywhere } from '../src/commands/everywhere.ts';
import { referencePage } from '../src/help/page.ts';

const FILE = new URL('../../docs/reference/cli.md', import.meta.url);
const COMMAND = 'make docs';

const printed = referencePage(commands, everywhere);

if (process.argv.includes('--check')) {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== printed) {
    console.error(`docs/reference/cli.md differs from the code: run ${COMMAND}`);
    process.exit(1);
  }
} else await writeFile(FILE, printed);
