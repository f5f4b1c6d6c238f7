import type { Command } from '../command-line/command.ts';
import { type Options } from '../command-line/option.ts';

/** An option as shells complete it. */
export interface CompletedOption {
  /** `--output`, `-o` */
  readonly forms: readonly string[];
  readonly takesValue: boolean;
  readonly file: boolean;
  readonly values: readonly string[];
  readonly meaning: string;
}

/** A place on a command line: behind these words, what may follow. */
export interface Place {
  /** Empty before the command; the first word of commands of two, such as `dead-letters`; or a whole command. */
  readonly words: readonly string[];
  /** Whether anything may stand between these words and what is completed. */
  readonly whole: boolean;
  /** Words that may follow, with what they mean. */
  readonly next: readonly (readonly [word: string, meaning: string])[];
  readonly options: readonly CompletedOption[];
}

/** Everything that a completion script knows. */
export function places(commands: readonly Command[], everywhere: Options): readonly Place[] {
  const common = Object.values(everywhere).map(completed);
  const groups = [
    ...new Set(commands.filter(({ words }) => words.length > 1).map(({ words }) => words[0] ?? '')),
  ];
  return [
    { words: [], whole: false, next: firstWords(commands, groups), options: common },
    ...groups.map((group) => ({
      words: [group],
      whole: false,
      next: commands
        .filter(({ words }) => words.length > 1 && words[0] === group)
        .map(({ words, summary }) => [words[1] ?? '', summary] as const),
      options: common,
    })),
    ...commands.map((command) => ({
      words: command.words,
      whole: true,
      next: nextWords(command, commands, groups),
      options: [...Object.values(command.options).map(completed), ...common],
    })),
  ];
}

/** All forms of options that take a value, at whatever place. */
export function formsWithValue(all: readonly Place[]): readonly string[] {
  const options = all.flatMap((place) => place.options).filter(({ takesValue }) => takesValue);
  return [...new Set(options.flatMap(({ forms }) => forms))].sort();
}

function firstWords(commands: readonly Command[], groups: readonly string[]): Place['next'] {
  return [
    ...commands
      .filter(({ words }) => words.length === 1)
      .map(({ words, summary }) => [words[0] ?? '', summary] as const),
    ...groups.map((group) => [group, `Commands: ${commandsOf(group, commands)}`] as const),
  ];
}

function commandsOf(group: string, commands: readonly Command[]): string {
  return commands
    .filter(({ words }) => words.length > 1 && words[0] === group)
    .map(({ words }) => words[1])
    .join(', ');
}

function nextWords(
  { words, operand }: Command,
  commands: readonly Command[],
  groups: readonly string[],
): Place['next'] {
  if (words[0] === 'help') return firstWords(commands, groups);
  return (operand?.choices ?? []).map((word) => [word, operand?.summary ?? ''] as const);
}

function completed({ name, short, placeholder, choices, file, summary }: Options[string]): CompletedOption {
  return {
    forms: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
    takesValue: placeholder !== undefined,
    file: file === true,
    values: choices ?? [],
    meaning: summary,
  };
}
