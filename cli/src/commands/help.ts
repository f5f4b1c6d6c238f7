import { type Command, defineCommand } from '../command-line/command.ts';
import { Mistake } from '../command-line/mistake.ts';
import { commandHelp, groupHelp, overview } from '../help/text.ts';
import { everywhere } from './everywhere.ts';

/** `culvert help`; the commands come as a function because this is one of them. */
export function help(commands: () => readonly Command[]): Command {
  return defineCommand(
    {
      words: ['help'],
      summary: 'Explain a command',
      operand: { name: 'COMMAND', summary: 'Its words; without any, all commands are listed.', count: 'any' },
      options: {},
      examples: [{ line: 'culvert help tail', does: 'the same as culvert tail --help' }],
    },
    async (_values, words, session) => {
      await session.output.write(helpFor(commands(), words));
      return 0;
    },
  );
}

function helpFor(commands: readonly Command[], words: readonly string[]): string {
  const [first] = words;
  if (first === undefined) return overview(commands, everywhere);
  const command = commands.find((one) => one.words.join(' ') === words.join(' '));
  if (command !== undefined) return commandHelp(command, everywhere);
  const group = commands.filter((one) => one.words[0] === first && one.words.length > words.length);
  if (group.length === 0)
    throw new Mistake(`there is no command ${JSON.stringify(words.join(' '))}; see culvert --help`);
  return groupHelp(first, group);
}
