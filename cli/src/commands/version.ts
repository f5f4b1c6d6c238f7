import { defineCommand } from '../command-line/command.ts';
import { VERSION_LINE } from '../version.ts';

/** `culvert version` */
export const version = defineCommand(
  {
    words: ['version'],
    summary: 'Print the version of this command',
    options: {},
    examples: [{ line: 'culvert version', does: 'the version of this command' }],
  },
  async (_values, _operands, session) => {
    await session.output.write(VERSION_LINE);
    return 0;
  },
);
