/** A JSON value that is not what it should be; the message says where and what is expected. */
export class FieldError extends Error {
  constructor(path: string, expected: string, found: unknown) {
    super(`${path === '' ? 'it' : path} should be ${expected}, not ${describe(found)}`);
    this.name = 'FieldError';
  }
}

/** A value of a JSON document and its place in it, read by asking for what it should be. */
export interface Field {
  /** A field of an object. */
  at(name: string): Field;
  /** The same, or undefined when it is not there. */
  optional(name: string): Field | undefined;
  entries(): readonly (readonly [name: string, field: Field])[];
  list<T>(read: (item: Field) => T): readonly T[];
  text(): string;
  flag(): boolean;
  /** A whole number, not below `min`. */
  whole(min: number): number;
  word<const W extends string>(...words: readonly W[]): W;
  textOrNull(): string | null;
}

/** @throws FieldError by each method when the value is of another kind */
export function field(value: unknown, path = ''): Field {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const object = (): Readonly<Record<string, unknown>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new FieldError(path, 'an object', value);
    return value as Readonly<Record<string, unknown>>;
  };
  return {
    at: (name) => field(object()[name], below(name)),
    optional: (name) => (object()[name] === undefined ? undefined : field(object()[name], below(name))),
    entries: () => Object.entries(object()).map(([name, part]) => [name, field(part, below(name))] as const),
    list: (read) => {
      if (!Array.isArray(value)) throw new FieldError(path, 'a list', value);
      return value.map((item, index) => read(field(item, `${path}[${index}]`)));
    },
    text: () => {
      if (typeof value !== 'string') throw new FieldError(path, 'text', value);
      return value;
    },
    flag: () => {
      if (typeof value !== 'boolean') throw new FieldError(path, 'true or false', value);
      return value;
    },
    whole: (min) => {
      if (!Number.isSafeInteger(value) || (value as number) < min)
        throw new FieldError(path, `a whole number from ${min} on`, value);
      return value as number;
    },
    word: (...words) => {
      const found = words.find((word) => word === value);
      if (found === undefined) throw new FieldError(path, words.join(' or '), value);
      return found;
    },
    textOrNull: () => (value === null ? null : field(value, path).text()),
  };
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    // What can be parsed may be nested too deeply to be written.
    return Array.isArray(value) ? 'a list' : 'an object';
  }
}
