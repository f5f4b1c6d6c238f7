import { VERSION } from '@culvert/runtime/version';
import { createGraphqlClient } from './client/graphql.ts';
import { Failure } from './client/failure.ts';
import { findToken } from './client/token.ts';
import { readValues } from './command-line/command.ts';
import { Mistake } from './command-line/mistake.ts';
import { parseCommandLine } from './command-line/parse.ts';
import { commands } from './commands/commands.ts';
import { everywhere } from './commands/everywhere.ts';
import { commandHelp, groupHelp, overview } from './help/text.ts';
import type { Environment } from './config.ts';
import { escapeLine } from './terminal/escape.ts';
import { createStyle, isColoured } from './terminal/style.ts';
import { ReaderGone, type Writer } from './terminal/writer.ts';
import { VERSION_LINE } from './version.ts';

/** What a process gives to the command. */
export interface Surroundings {
  readonly args: readonly string[];
  /** Read only when a command needs it; throws ConfigurationError. */
  readonly environment: () => Environment;
  readonly output: Writer;
  /** Takes lines for the person, beside the output. */
  readonly tell: (line: string) => void;
  /** Of standard output; undefined where it is no terminal. */
  readonly columns: number | undefined;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Aborted when the command must end. */
  readonly signal: AbortSignal;
}

const EXIT = { failed: 1, unreachable: 3, refused: 3 } as const;

/**
 * Runs a command line.
 *
 * @returns the exit code, where the command was not interrupted
 */
export async function run(surroundings: Surroundings): Promise<number> {
  try {
    return await runCommand(surroundings);
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (surroundings.signal.aborted) return 0;
    return explain(error, surroundings.tell);
  }
}

async function runCommand(surroundings: Surroundings): Promise<number> {
  const { output, columns, signal } = surroundings;
  const { command, group, texts, operands } = parseCommandLine(surroundings.args, commands, everywhere);
  const values = readValues(everywhere, texts);
  if (values.version) {
    await output.write(VERSION_LINE);
    return 0;
  }
  if (command === undefined && group === undefined) {
    const page = overview(commands, everywhere);
    if (!values.help) throw new Mistake(`name a command\n\n${page.trimEnd()}`);
    await output.write(page);
    return 0;
  }
  if (command === undefined) {
    const page = groupHelp(
      group ?? '',
      commands.filter(({ words }) => words.length > 1 && words[0] === group),
    );
    if (!values.help) throw new Mistake(`${group} needs a command\n\n${page.trimEnd()}`);
    await output.write(page);
    return 0;
  }
  if (values.help) {
    await output.write(commandHelp(command, everywhere));
    return 0;
  }
  const environment = surroundings.environment();
  const url = values.url ?? environment.url;
  const terminal = columns !== undefined;
  return command.run(texts, operands, {
    client: createGraphqlClient({
      url,
      token: () => findToken({ ...environment, optionFile: values.tokenFile, url }),
      agent: `culvert/${VERSION}`,
      signal,
    }),
    output,
    columns: columns ?? Number.POSITIVE_INFINITY,
    terminal,
    style: createStyle(isColoured(values.color ?? 'auto', terminal, environment)),
    say: (sentence) => {
      surroundings.tell(`culvert: ${escapeLine(sentence)}`);
    },
    now: surroundings.now,
    pause: surroundings.pause,
    signal,
  });
}

function explain(error: unknown, tell: (line: string) => void): number {
  const [first = '', ...rest] = (error instanceof Error ? error.message : String(error)).split('\n');
  const advice = error instanceof Failure ? error.advice : rest;
  tell(`culvert: ${escapeLine(first)}`);
  for (const line of advice) tell(escapeLine(line));
  if (error instanceof Failure) return EXIT[error.kind];
  return error instanceof Mistake ? 2 : 1;
}
