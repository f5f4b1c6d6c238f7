import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Command } from './command.ts';
import { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import type { Options } from './option.ts';

/** A command line that has been read. */
export interface Parsed {
  /** Undefined when none is named. */
  readonly command: Command | undefined;
  /** The first word of commands of several words, such as `dead-letters`, when the rest is missing. */
  readonly group: string | undefined;
  /** What was given for each option, by its name: of the command and of all commands. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

/**
 * Reads a command line: options of all commands may stand before the command, the rest behind it.
 *
 * @param everywhere the options that all commands have
 * @throws Mistake
 */
export function parseCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  everywhere: Options,
): Parsed {
  const start = firstWord(args, everywhere);
  const words = wordsFrom(args, start);
  const command = commands.find(({ words: own }) => own.every((word, index) => word === words[index]));
  if (command === undefined) return { ...withoutCommand(args, start, commands, everywhere), operands: [] };
  const own = [...args.slice(0, start), ...args.slice(start + command.words.length)];
  const title = `culvert ${command.words.join(' ')}`;
  const { texts, operands } = parseOptions(own, [...all(everywhere), ...all(command.options)], title);
  if (!texts.has('help') && !texts.has('version')) checkOperands(command, operands, title);
  return { command, group: undefined, texts, operands };
}

function withoutCommand(
  args: readonly string[],
  start: number,
  commands: readonly Command[],
  everywhere: Options,
): Pick<Parsed, 'command' | 'group' | 'texts'> {
  const word = args[start];
  const { texts } = parseOptions(args.slice(0, start), all(everywhere), 'culvert');
  if (word === undefined) return { command: undefined, group: undefined, texts };
  const inGroup = commands.filter(({ words }) => words.length > 1 && words[0] === word);
  if (inGroup.length === 0) {
    const known = [...new Set(commands.map(({ words }) => words[0] ?? ''))];
    throw new Mistake(
      `there is no command ${JSON.stringify(word)}${suggestion(word, known)}; see culvert --help`,
    );
  }
  const rest = args.slice(start + 1);
  const second = rest.find((arg) => !arg.startsWith('-'));
  if (second !== undefined) {
    const known = inGroup.map(({ words }) => words[1] ?? '');
    throw new Mistake(
      `${word} has no command ${JSON.stringify(second)}${suggestion(second, known)}; see culvert ${word} --help`,
    );
  }
  const after = parseOptions(rest, all(everywhere), `culvert ${word}`);
  return { command: undefined, group: word, texts: new Map([...texts, ...after.texts]) };
}

/** Where the first argument stands that is neither an option of all commands nor its value. */
function firstWord(args: readonly string[], everywhere: Options): number {
  const withValue = new Set(
    all(everywhere)
      .filter(({ placeholder }) => placeholder !== undefined)
      .flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]),
  );
  let index = 0;
  while (index < args.length && args[index]?.startsWith('-') === true) {
    index += withValue.has(args[index] ?? '') ? 2 : 1;
  }
  return Math.min(index, args.length);
}

function wordsFrom(args: readonly string[], start: number): readonly string[] {
  return args.slice(start, start + 2);
}

function all(options: Options): Options[string][] {
  return Object.values(options);
}

function parseOptions(
  args: readonly string[],
  options: readonly Options[string][],
  title: string,
): { texts: Map<string, readonly string[]>; operands: readonly string[] } {
  const config: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, short, placeholder } of options) {
    config[name] = {
      type: placeholder === undefined ? 'boolean' : 'string',
      multiple: true,
      ...(short !== undefined && { short }),
    };
  }
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: config,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const texts = new Map<string, readonly string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = options.find(({ name }) => name === token.name);
    const known = options.map(({ name }) => `--${name}`);
    if (option === undefined)
      throw new Mistake(
        `there is no option ${token.rawName}${suggestion(token.rawName, known)}; see ${title} --help`,
      );
    texts.set(option.name, [...(texts.get(option.name) ?? []), textOf(option, token)]);
  }
  return { texts, operands: positionals };
}

function textOf(
  { placeholder }: Options[string],
  token: {
    readonly rawName: string;
    readonly value?: string | undefined;
    readonly inlineValue?: boolean | undefined;
  },
): string {
  if (placeholder === undefined) {
    if (token.value !== undefined) throw new Mistake(`${token.rawName} takes no value`);
    return '';
  }
  if (token.value === undefined)
    throw new Mistake(`${token.rawName} needs a value: ${token.rawName} ${placeholder}`);
  // Most likely the value was forgotten; one that does begin so can be given behind an equals sign.
  if (token.inlineValue === false && /^--?[a-z]/.test(token.value))
    throw new Mistake(
      `${token.rawName} needs a value: ${token.rawName} ${placeholder} (for one that begins with a dash: ${token.rawName}=${placeholder})`,
    );
  return token.value;
}

function checkOperands({ operand }: Command, operands: readonly string[], title: string): void {
  if (operand === undefined) {
    if (operands.length > 0)
      throw new Mistake(
        `${title} takes options only, not ${JSON.stringify(operands[0])}; see ${title} --help`,
      );
    return;
  }
  const { name, count, choices } = operand;
  if (count === 'one' && operands.length === 0)
    throw new Mistake(
      `${title} needs ${choices === undefined ? name : choices.join(' or ')}; see ${title} --help`,
    );
  if (count !== 'any' && operands.length > 1)
    throw new Mistake(`${title} takes one ${name}, not also ${JSON.stringify(operands[1])}`);
  const wrong = operands.find((text) => choices?.includes(text) === false);
  if (wrong !== undefined)
    throw new Mistake(`${title}: ${JSON.stringify(wrong)} is not one of ${(choices ?? []).join(', ')}`);
}

function suggestion(word: string, known: readonly string[]): string {
  const close = nearest(word, known);
  return close === undefined ? '' : ` (did you mean ${close}?)`;
}
