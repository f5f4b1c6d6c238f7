import type { PatchOperation } from '../json-patch.ts';

type Parent = Record<string, unknown> | unknown[];

/**
 * Applies a JSON patch as RFC 6902 says: every path must lead somewhere, and what is removed or replaced must exist.
 *
 * @returns a changed copy
 */
export function applyPatch<T>(document: T, patch: readonly PatchOperation[]): T {
  const copy = structuredClone(document);
  for (const operation of patch) {
    const keys = operation.path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop();
    if (last === undefined) throw new Error('the whole document cannot be patched');
    let parent: unknown = copy;
    for (const key of keys) {
      parent = (parent as Record<string, unknown>)[key];
      if (typeof parent !== 'object' || parent === null) throw new Error(`nothing at ${operation.path}`);
    }
    change(parent as Parent, last, operation);
  }
  return copy;
}

function change(parent: Parent, key: string, operation: PatchOperation): void {
  const index = Array.isArray(parent) && key === '-' ? parent.length : Number(key);
  if (operation.op !== 'add' && !(key in parent)) throw new Error(`nothing at ${operation.path}`);
  if (Array.isArray(parent)) {
    if (!(index <= parent.length)) throw new Error(`no place at ${operation.path}`);
    if (operation.op === 'remove') parent.splice(index, 1);
    else parent.splice(index, operation.op === 'replace' ? 1 : 0, structuredClone(operation.value));
  } else if (operation.op === 'remove') {
    delete parent[key];
  } else {
    parent[key] = structuredClone(operation.value);
  }
}
