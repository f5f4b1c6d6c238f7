import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** What stands for a file of the project in an import. */
const OURS = /^(?:\.{1,2}\/|@culvert\/)/;

/** What files of the project import; each file is read once. Names are relative to the root. */
export interface Imports {
  /** What a file itself imports. */
  readonly direct: (file: string) => readonly string[];
  /** A file and all that it reaches by imports. */
  readonly all: (file: string) => ReadonlySet<string>;
}

/** Finds imports in the sources below a folder. */
export function createImports(root: string): Imports {
  const known = new Map<string, readonly string[]>();

  function direct(file: string): readonly string[] {
    const found = known.get(file) ?? read(file);
    known.set(file, found);
    return found;
  }

  function read(file: string): readonly string[] {
    const path = join(root, file);
    const { resolve } = createRequire(path);
    return ts
      .preProcessFile(readFileSync(path, 'utf8'))
      .importedFiles.filter(({ fileName }) => OURS.test(fileName))
      .map(({ fileName }) => relative(root, resolve(fileName)))
      .filter((name) => name.endsWith('.ts'));
  }

  return {
    direct,
    all(file) {
      const reached = new Set([file]);
      for (const each of reached) for (const next of direct(each)) reached.add(next);
      return reached;
    },
  };
}
