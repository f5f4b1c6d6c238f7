/**
 * Prints the GraphQL schema into `orchestrator/schema.graphql`. With `--check` it writes nothing and fails when the
 * file differs from what the code says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { printSchema } from 'graphql';
import { buildSchema } from '../src/query/schema.ts';

const FILE = new URL('../schema.graphql', import.meta.url);
const COMMAND = 'make docs';

const printed = `# Made by \`${COMMAND}\`: change orchestrator/src/query instead.\n\n${printSchema(buildSchema())}\n`;

if (process.argv.includes('--check')) {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== printed) {
    console.error(`orchestrator/schema.graphql differs from the code: run ${COMMAND}`);
    process.exit(1);
  }
} else await writeFile(FILE, printed);
