import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.ts';

/** A link to a place in the repository: not to another host, not within the page. */
const LINK = /\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g;
/** A folder or file that the last column of ARCHITECTURE.md's table names. */
const FOLDER = /`([\w.-]+\/[\w./-]*)`/g;

/** Links of the Markdown pages, and folders of the architecture's table, that lead nowhere. */
export function deadLinks(): string[] {
  const problems: string[] = [];
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
  for (const page of pages) {
    for (const [, target = ''] of readFileSync(join(root, page), 'utf8').matchAll(LINK)) {
      if (!existsSync(join(root, dirname(page), target))) problems.push(`${page}: ${target} does not exist`);
    }
  }
  const rows = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\|.*\|([^|]+)\|$/gm);
  for (const [, places = ''] of rows) {
    for (const [, place = ''] of places.matchAll(FOLDER)) {
      if (!existsSync(join(root, place))) problems.push(`ARCHITECTURE.md: ${place} does not exist`);
    }
  }
  return problems;
}
