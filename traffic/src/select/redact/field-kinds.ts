import { readsWithoutCase, utf8 } from '../spans.ts';

/** What is done to a field's value: by its name. */
export type FieldKind = 'whole' | 'url' | 'authority' | 'cookie' | 'set-cookie';

const LENGTHS = 64;
const LETTERS = 32;

interface Named {
  readonly name: Uint8Array;
  readonly kind: FieldKind;
}

/**
 * Names of fields with what is done to them. Nearly all fields of a message are of no interest, and are passed over by
 * one look at a table of lengths and first letters.
 */
export class FieldKinds {
  readonly #named: (Named[] | undefined)[] = new Array<undefined>(LENGTHS * LETTERS).fill(undefined);

  /** Adds a name, whatever its case (RFC 9110 §5.1). What was added first, holds. */
  add(name: string, kind: FieldKind): void {
    const bytes = utf8(name.toLowerCase());
    if (bytes.length === 0) return;
    (this.#named[slot(bytes, 0, bytes.length)] ??= []).push({ name: bytes, kind });
  }

  /** What is done to the field whose name stands from `start` to `end`; null when nothing is. */
  of(bytes: Uint8Array, start: number, end: number): FieldKind | null {
    const named = this.#named[slot(bytes, start, end)];
    if (named === undefined) return null;
    for (const { name, kind } of named) {
      if (name.length === end - start && readsWithoutCase(bytes, start, name)) return kind;
    }
    return null;
  }
}

/** The lowest five bits of an ASCII letter are the same in both cases. */
function slot(bytes: Uint8Array, start: number, end: number): number {
  return ((end - start) & (LENGTHS - 1)) * LETTERS + (bytes[start]! & (LETTERS - 1));
}
