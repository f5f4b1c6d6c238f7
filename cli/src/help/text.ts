import type { Command } from '../command-line/command.ts';
import type { Options } from '../command-line/option.ts';
import { ENVIRONMENT_NOTES, EXIT_CODES, INTRODUCTION } from './texts.ts';
import { wrap } from './wrap.ts';

const WIDTH = 100;

/** What `culvert` and `culvert --help` say. */
export function overview(commands: readonly Command[], everywhere: Options): string {
  return [
    ...wrap(INTRODUCTION, WIDTH),
    '',
    'Usage: culvert COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...columns(commands.map(({ words, summary }) => [words.join(' '), summary])),
    '',
    'Options of all commands:',
    ...optionLines(everywhere),
    '',
    'Environment:',
    ...columns(ENVIRONMENT_NOTES),
    '',
    'Exit codes:',
    ...columns(EXIT_CODES.map(({ code, meaning }) => [String(code), meaning])),
    '',
    'culvert COMMAND --help explains a command and shows examples.',
    '',
  ].join('\n');
}

/** What a word says that needs another one, such as `culvert dead-letters`. */
export function groupHelp(word: string, commands: readonly Command[]): string {
  return [
    `Usage: culvert ${word} COMMAND [OPTIONS]`,
    '',
    'Commands:',
    ...columns(commands.map(({ words, summary }) => [words.slice(1).join(' '), summary])),
    '',
    `culvert ${word} COMMAND --help explains a command and shows examples.`,
    '',
  ].join('\n');
}

/** What `culvert COMMAND --help` says. */
export function commandHelp(command: Command, everywhere: Options): string {
  const { summary, operand, options, notes = [], examples } = command;
  const hasOptions = Object.keys(options).length > 0;
  return [
    `${summary}.`,
    '',
    `Usage: ${usageOf(command)}`,
    '',
    ...(operand === undefined ? [] : [...columns([[operand.name, operand.summary]]), '']),
    ...notes.flatMap((note) => [...wrap(note, WIDTH), '']),
    ...(hasOptions ? ['Options:', ...optionLines(options), ''] : []),
    'Options of all commands:',
    ...optionLines(everywhere),
    '',
    'Examples:',
    ...examples.flatMap(({ line, does }) => [`  # ${does}`, `  ${line}`]),
    '',
  ].join('\n');
}

/** `culvert get ID [OPTIONS]` */
export function usageOf({ words, operand }: Command): string {
  const operands = { one: operand?.name, optional: `[${operand?.name}]`, any: `[${operand?.name}…]` };
  return ['culvert', ...words, ...(operand === undefined ? [] : [operands[operand.count]]), '[OPTIONS]'].join(
    ' ',
  );
}

/** How an option is written, as in `-n, --namespace NAME`. */
export function optionForm({ name, short, placeholder }: Options[string]): string {
  const long = placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

/** What is said of an option: its summary, and its choices where that doesn't name them. */
export function optionMeaning({ summary, choices }: Options[string]): string {
  const missing = choices?.some((word) => !summary.includes(word)) === true;
  return missing ? `${summary} One of ${(choices ?? []).join(', ')}.` : summary;
}

function optionLines(options: Options): string[] {
  return columns(Object.values(options).map((option) => [optionForm(option), optionMeaning(option)]));
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) =>
    wrap(right, WIDTH - width - 4).map(
      (line, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${line}`,
    ),
  );
}
