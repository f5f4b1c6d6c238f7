import { Mistake } from './mistake.ts';

/** An option of a command: how it is written, what it means, how its texts become a value. */
export interface Option<T> {
  /** Without the dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for its value in the help, such as `TIME`; undefined for a switch. */
  readonly placeholder?: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** The words that may be given, where there are only a few. */
  readonly choices?: readonly string[];
  /** Whether the value names a file. */
  readonly file?: true;
  /**
   * Makes the value of all texts that were given, in their order; none when the option is not there.
   *
   * @throws Mistake
   */
  readonly read: (texts: readonly string[]) => T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values that a record of options describes. */
export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

interface Described {
  readonly name: string;
  readonly short?: string;
  readonly placeholder: string;
  readonly summary: string;
  readonly file?: true;
}

/** A switch: there or not. */
export function toggle(described: Omit<Described, 'placeholder' | 'file'>): Option<boolean> {
  return { ...described, read: (texts) => texts.length > 0 };
}

/**
 * An option with one value.
 *
 * @param parse throws an Error whose message completes "--name …"
 */
export function single<T>(described: Described, parse: (text: string) => T): Option<T | undefined> {
  return {
    ...described,
    read: (texts) => {
      if (texts.length > 1)
        throw new Mistake(`--${described.name} is given ${texts.length} times; once is right`);
      const [text] = texts;
      return text === undefined ? undefined : parsed(described.name, text, parse);
    },
  };
}

/** An option with one value that has another one where it isn't given. */
export function defaulted<T>(described: Described, fallback: T, parse: (text: string) => T): Option<T> {
  const option = single(described, parse);
  return { ...option, read: (texts) => option.read(texts) ?? fallback };
}

/** One of a few words; undefined where it isn't given. */
export function choice<const W extends string>(
  described: Described,
  choices: readonly W[],
): Option<W | undefined> {
  return { ...single(described, (text) => oneOf(choices, text)), choices };
}

/** Several values: the option repeated, or separated by commas. Undefined where it isn't given. */
export function several<T = string>(
  described: Described,
  parse: (text: string) => T,
): Option<readonly T[] | undefined> {
  return {
    ...described,
    read: (texts) =>
      texts.length === 0
        ? undefined
        : texts.flatMap((text) => text.split(',')).map((text) => parsed(described.name, text.trim(), parse)),
  };
}

/** Several of a few words. */
export function choices<const W extends string>(
  described: Described,
  words: readonly W[],
): Option<readonly W[] | undefined> {
  return { ...several(described, (text) => oneOf(words, text)), choices: words };
}

/** Any text but an empty one, which would match nothing or everything and is mostly an unset variable. */
export function nonEmpty(text: string): string {
  if (text === '') throw new Error('needs a value');
  return text;
}

/** The word that a text spells, in any case. */
function oneOf<W extends string>(words: readonly W[], text: string): W {
  const word = words.find((candidate) => candidate === text.toLowerCase());
  if (word === undefined) throw new Error(`must be one of ${words.join(', ')}, not ${JSON.stringify(text)}`);
  return word;
}

function parsed<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw new Mistake(`--${name} ${error instanceof Error ? error.message : String(error)}`);
  }
}
