/**
 * Configuration from the environment, read once into a typed object. A process declares its settings as a record
 * of {@link Setting}; reading reports every mistake at once, and the same record yields the reference page.
 */

/** One setting: where it comes from, what it means, how its text becomes a value. */
export interface Setting<T> {
  readonly variable: string;
  /** One sentence for the reference page. */
  readonly description: string;
  /** What holds when the variable is unset or empty; undefined makes the setting required. */
  readonly fallback: T | undefined;
  /** How the fallback reads on the reference page, where its plain text would mislead. */
  readonly shown?: string;
  /** The kind of value in words, such as "port" or "milliseconds". */
  readonly type: string;
  /** Never printed. */
  readonly secret?: boolean;
  /** Turns text into a value or throws an Error whose message completes "VARIABLE …". */
  readonly parse: (text: string) => T;
}

export type Settings = Record<string, Setting<unknown>>;

/** The values that a record of settings describes. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** Every mistake of a configuration, one sentence each. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    super(`configuration has ${count}:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/**
 * Reads all settings from an environment.
 *
 * @param settings what to read
 * @param environment usually `process.env`
 * @param check looks at the values together, those that could be read, and returns a sentence for each contradiction
 * @throws ConfigurationError naming every variable that is missing or wrong
 */
export function readSettings<S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
  check: (values: Partial<Values<S>>) => readonly string[] = () => [],
): Values<S> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const text = environment[setting.variable];
    if (text === undefined || text === '') {
      if (setting.fallback === undefined)
        problems.push(`${setting.variable} is required: ${setting.description}`);
      values[name] = setting.fallback;
      continue;
    }
    try {
      values[name] = setting.parse(text);
    } catch (error) {
      problems.push(`${setting.variable} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  problems.push(...check(values as Partial<Values<S>>));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values as Values<S>;
}

/** A text setting. */
export function text(variable: string, fallback: string | undefined, description: string): Setting<string> {
  return { variable, fallback, description, type: 'text', parse: (value) => value };
}

/** A text that must not be printed: a token, a password or a URL that may hold one. */
export function secret(variable: string, fallback: string | undefined, description: string): Setting<string> {
  return { ...text(variable, fallback, description), secret: true };
}

/** A whole number within bounds; `unit` stands in the reference and in errors. */
export function integer(
  variable: string,
  fallback: number | undefined,
  description: string,
  range: { readonly min: number; readonly max: number; readonly unit: string },
): Setting<number> {
  return {
    variable,
    fallback,
    description,
    type: `${range.unit}, ${range.min}–${range.max}`,
    parse: (value) => {
      const number = /^-?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
      if (!(number >= range.min && number <= range.max)) {
        throw new Error(
          `must be a whole number of ${range.unit} from ${range.min} to ${range.max}, not ${JSON.stringify(value)}`,
        );
      }
      return number;
    },
  };
}

/** A TCP port. Port 0 lets the system choose, which tests use. */
export function port(variable: string, fallback: number, description: string): Setting<number> {
  return {
    variable,
    fallback,
    description,
    type: 'port',
    parse: (value) => {
      const number = /^\d{1,5}$/.test(value.trim()) ? Number(value) : Number.NaN;
      if (!(number <= 65_535))
        throw new Error(`must be a port from 0 to 65535, not ${JSON.stringify(value)}`);
      return number;
    },
  };
}

/** `1`, `true`, `yes`, `on` or `0`, `false`, `no`, `off`. */
export function flag(variable: string, fallback: boolean, description: string): Setting<boolean> {
  return {
    variable,
    fallback,
    description,
    type: '0 or 1',
    shown: fallback ? '1' : '0',
    parse: (value) => {
      if (/^(1|true|yes|on)$/i.test(value)) return true;
      if (/^(0|false|no|off)$/i.test(value)) return false;
      throw new Error(`must be 1 or 0, not ${JSON.stringify(value)}`);
    },
  };
}

/** One of a few words. */
export function choice<const W extends string>(
  variable: string,
  fallback: W,
  words: readonly W[],
  description: string,
): Setting<W> {
  return {
    variable,
    fallback,
    description,
    type: words.join(', '),
    parse: (value) => {
      const word = words.find((candidate) => candidate === value);
      if (word === undefined)
        throw new Error(`must be one of ${words.join(', ')}, not ${JSON.stringify(value)}`);
      return word;
    },
  };
}
