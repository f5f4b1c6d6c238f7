import { registerHooks } from 'node:module';
import ts from 'typescript';

/** Called at the beginning of every function of the instrumented files, with the function's number. */
type Seam = (seam: number) => void;

declare global {
  var culvertSeam: Seam;
}

/** The functions of a set of source files, each of which a test can make throw. */
export interface Seams {
  /** `file.ts:line name` of every function of the files that were loaded so far, by its number. */
  readonly names: readonly string[];
  /** What happens when a function begins: a test sets it, and throws in it. */
  onCall: Seam;
}

/**
 * Puts a call before the first statement of every function of the files that match, as they are loaded. To be called before
 * the first of them is imported, so by a file that imports them dynamically.
 */
export function instrument(matches: (path: string) => boolean): Seams {
  const names: string[] = [];
  const seams: Seams = { names, onCall: () => undefined };
  globalThis.culvertSeam = (seam) => {
    seams.onCall(seam);
  };
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const path = url.startsWith('file:') ? new URL(url).pathname : '';
      if (!path.endsWith('.ts') || !matches(path) || loaded.source === undefined || loaded.source === null)
        return loaded;
      const source =
        typeof loaded.source === 'string'
          ? loaded.source
          : Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: withCalls(path, source, names) };
    },
  });
  return seams;
}

function withCalls(path: string, source: string, names: string[]): string {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const { body } = node;
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const seam = names.push(`${path.split('/src/')[1] ?? path}:${line} ${nameOf(node)}`) - 1;
      if (ts.isBlock(body)) insertions.push({ at: body.getStart() + 1, text: `culvertSeam(${seam});` });
      else {
        insertions.push({ at: body.getStart(), text: `(culvertSeam(${seam}), ` });
        insertions.push({ at: body.getEnd(), text: ')' });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  let text = source;
  // From the back, so that the positions before stay true; of two at one place, the later one stands further out.
  for (const { at, text: more } of insertions.toSorted((a, b) => b.at - a.at))
    text = text.slice(0, at) + more + text.slice(at);
  return text;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  const named = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent);
  return named ? parent.name.getText() : ts.isConstructorDeclaration(node) ? 'constructor' : '(function)';
}
