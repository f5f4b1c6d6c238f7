import { readsWithoutCase, utf8 } from '../spans.ts';

/** What is done to a field's value: by its name. */
export type FieldKind = 'whole' | 'url' | 'authority' | 'cookie' | 'set-cookie';

const LENGTHS = 64;
const LETTERS = 32;

/**
 * Names of fields with what is done to them. Nearly all fields of a message are of no interest, and are passed over by
 * one look at a table of lengths and first letters.
 */
export class FieldKinds {
  readonly #mayBe = new Uint8Array(LENGTHS * LETTERS);
  readonly #names: { readonly name: Uint8Array; readonly kind: FieldKind }[] = [];

  /** Adds a name, whatever its case (RFC 9110 §5.1). What was added first, holds. */
  add(name: string, kind: FieldKind): void {
    const bytes = utf8(name.toLowerCase());
    if (bytes.length === 0) return;
    this.#names.push({ name: bytes, kind });
    this.#mayBe[slot(bytes, 0, bytes.length)] = 1;
  }

  /** What is done to the field whose name stands from `start` to `end`; null when nothing is. */
  of(bytes: Uint8Array, start: number, end: number): FieldKind | null {
    if (this.#mayBe[slot(bytes, start, end)] === 0) return null;
    for (const { name, kind } of this.#names) {
      if (name.length === end - start && readsWithoutCase(bytes, start, name)) return kind;
    }
    return null;
  }
}

/** The lowest five bits of an ASCII letter are the same in both cases. */
function slot(bytes: Uint8Array, start: number, end: number): number {
  return ((end - start) & (LENGTHS - 1)) * LETTERS + (bytes[start]! & (LETTERS - 1));
}
