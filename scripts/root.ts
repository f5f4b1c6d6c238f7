import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds the whole project. */
export const root = dirname(import.meta.dirname);

/** The folders of the npm workspaces, as the root package.json names them. */
export const workspaces = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly workspaces: readonly string[] }
).workspaces;
