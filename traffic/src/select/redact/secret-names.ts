import { latin1, utf8 } from '../spans.ts';

/** What makes a server read another name than the one that stands there; C strings end at NUL. */
const REWRITTEN = /[%+.[\]\0\s]/;
const ENCODED = /[%+]/;
/** What separates the parts of a nested name, and what ends a C string. */
const BRACKETS = /[[\]\0]/;
const UNDERSCORED = /[. \t\r\n\v\f[\]]/g;
const LEADING_BLANKS = /^[ \t\r\n\v\f]+/;
const TRAILING_BLANKS = /[ \t\r\n\v\f]+$/;

/**
 * Names of query parameters or cookies whose values are secrets, compared as servers read them. When any reading of a name
 * is in the list, it counts as named:
 *
 * - percent-encoding and `+` undone, once or twice, blanks around the name left out;
 * - cut at NUL, as where names are C strings;
 * - dots, blanks and brackets as underscores, as PHP makes variables of them;
 * - nested names (`user[token]`, `user.token`, `token[]`) by each of their parts, as PHP, Rack and qs make objects of them.
 *
 * Case counts, and so do all other bytes.
 */
export class SecretNames {
  readonly #names: ReadonlySet<string>;

  /** @param names as text; compared in their UTF-8 form */
  constructor(names: readonly string[]) {
    this.#names = new Set(
      names.map((name) => {
        const bytes = utf8(name.trim());
        return underscored(latin1(bytes, 0, bytes.length));
      }),
    );
  }

  get size(): number {
    return this.#names.size;
  }

  /** @param name as it stands in a message, one character a byte */
  has(name: string): boolean {
    if (!REWRITTEN.test(name)) return this.#names.has(name);
    const once = decode(name);
    return (
      this.#hasReading(name) ||
      (once !== name && this.#hasReading(once)) ||
      (ENCODED.test(once) && this.#hasReading(decode(once)))
    );
  }

  #hasReading(name: string): boolean {
    const nul = name.indexOf('\0');
    return (
      this.#hasPart(nul === -1 ? name : name.slice(0, nul)) ||
      name.split(BRACKETS).some((part) => this.#hasPart(part) || this.#hasDotted(part))
    );
  }

  #hasDotted(part: string): boolean {
    return part.includes('.') && part.split('.').some((piece) => this.#hasPart(piece));
  }

  /** PHP makes an underscore of a blank behind a name, others leave it out. */
  #hasPart(part: string): boolean {
    const text = part.replace(LEADING_BLANKS, '');
    return (
      this.#names.has(underscored(text)) || this.#names.has(underscored(text.replace(TRAILING_BLANKS, '')))
    );
  }
}

function underscored(name: string): string {
  return name.replace(UNDERSCORED, '_');
}

function decode(name: string): string {
  return name
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
