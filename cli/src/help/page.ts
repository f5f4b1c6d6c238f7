import type { Command } from '../command-line/command.ts';
import type { Options } from '../command-line/option.ts';
import { optionForm, optionMeaning, usageOf } from './text.ts';
import { ENVIRONMENT_NOTES, EXIT_CODES, INTRODUCTION } from './texts.ts';

/** The reference page of the command line, in Markdown. */
export function referencePage(commands: readonly Command[], everywhere: Options): string {
  return [
    '# Command line',
    '',
    '<!-- Written by `make docs` from the help of cli/src. Change it there, not here. -->',
    '',
    INTRODUCTION,
    '',
    '`make build` makes it: one file, `dist/cli/culvert.mjs`, which any Node from 20 on runs. It can be copied anywhere, and be',
    'linked as `culvert` into a folder of PATH.',
    '',
    ...table(
      ['command', 'does'],
      commands.map((command) => [
        `[\`culvert ${command.words.join(' ')}\`](#${anchorOf(command)})`,
        command.summary,
      ]),
    ),
    '',
    '## For all commands',
    '',
    ...optionTable(everywhere),
    '',
    ...table(
      ['variable', 'meaning'],
      ENVIRONMENT_NOTES.map(([variable, meaning]) => [`\`${variable}\``, meaning]),
    ),
    '',
    ...table(
      ['exit code', 'meaning'],
      EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]),
    ),
    '',
    'Answers go to standard output, everything else to standard error. Control characters in what was captured are never written as they are:',
    'tables show them as `\\x1b`, JSON and HAR as `\\u001b`, and commands of curl by `printf`.',
    '',
    ...commands.flatMap(section),
  ].join('\n');
}

function section(command: Command): string[] {
  const { words, summary, operand, notes = [], options, examples } = command;
  return [
    `## culvert ${words.join(' ')}`,
    '',
    `${summary}: \`${usageOf(command)}\``,
    '',
    ...(operand === undefined ? [] : [`\`${operand.name}\`: ${operand.summary}`, '']),
    ...notes.flatMap((note) => [escaped(note), '']),
    ...(Object.keys(options).length === 0 ? [] : [...optionTable(options), '']),
    '```',
    ...examples.flatMap(({ line, does }) => [`# ${does}`, line]),
    '```',
    '',
  ];
}

function optionTable(options: Options): string[] {
  return table(
    ['option', 'meaning'],
    Object.values(options).map((option) => [`\`${optionForm(option).trim()}\``, optionMeaning(option)]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

function anchorOf({ words }: Command): string {
  return `culvert-${words.join('-')}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('<', '&lt;');
}
