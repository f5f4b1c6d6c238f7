import type { Session } from '../session.ts';
import type { Options, ValuesOf } from './option.ts';

/** What a command takes besides options. */
export interface Operand {
  /** Its name in the help, such as `ID`. */
  readonly name: string;
  readonly summary: string;
  /** How many there may be. */
  readonly count: 'one' | 'optional' | 'any';
  /** The words that may be given, where there are only a few. */
  readonly choices?: readonly string[];
}

/** A command line with what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** Everything that help, completion, the reference page and the parser know of a command. */
export interface Description<O extends Options> {
  /** `['dead-letters', 'list']` for `culvert dead-letters list`. */
  readonly words: readonly string[];
  /** One sentence without a full stop, for lists of commands. */
  readonly summary: string;
  readonly operand?: Operand;
  readonly options: O;
  /** Paragraphs for the help, each a few sentences. */
  readonly notes?: readonly string[];
  readonly examples: readonly Example[];
}

/** A command that can be run. */
export interface Command extends Description<Options> {
  /**
   * Reads the values of its options and runs it.
   *
   * @param texts what was given for each option, by the option's name
   * @returns the exit code
   * @throws Mistake, Failure
   */
  readonly run: (
    texts: ReadonlyMap<string, readonly string[]>,
    operands: readonly string[],
    session: Session,
  ) => Promise<number>;
}

/** Binds a command's description to what it does. */
export function defineCommand<O extends Options>(
  description: Description<O>,
  act: (values: ValuesOf<O>, operands: readonly string[], session: Session) => Promise<number>,
): Command {
  return {
    ...description,
    run: (texts, operands, session) => act(readValues(description.options, texts), operands, session),
  };
}

/** The values of options, from what was given for each by its name. */
export function readValues<O extends Options>(
  options: O,
  texts: ReadonlyMap<string, readonly string[]>,
): ValuesOf<O> {
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => [key, option.read(texts.get(option.name) ?? [])]),
  ) as ValuesOf<O>;
}
