import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { runCommand } from '../run-command.ts';

/**
 * Puts text between a document's marks for a section.
 *
 * @throws when the document has no such section
 */
export function replaceSection(document: string, section: string, text: string): string {
  const [begin, end] = [`<!-- begin generated: ${section} -->`, `<!-- end generated: ${section} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no section marked ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}

/** Writes sections of `docs/benchmarks.md`, by name, and formats it like everything else. */
export async function writeDocument(bench: Bench, sections: Readonly<Record<string, string>>): Promise<void> {
  const file = join(bench.root, 'docs', 'benchmarks.md');
  let document = await readFile(file, 'utf8');
  for (const [section, text] of Object.entries(sections)) document = replaceSection(document, section, text);
  await writeFile(file, document);
  const prettier = join(bench.root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
  await runCommand([process.execPath, prettier, '--log-level=warn', '--write', file]);
}
