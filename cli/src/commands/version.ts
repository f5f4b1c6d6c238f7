import { defineCommand } from '../command-line/command.ts';
import { VERSION } from '../version.ts';

/** `culvert version` */
export const version = defineCommand(
  {
    words: ['version'],
    summary: 'Print the version of this command',
    options: {},
    examples: [{ line: 'culvert version', does: 'the version of this command' }],
  },
  async (_values, _operands, session) => {
    await session.output.write(`culvert ${VERSION}\n`);
    return 0;
  },
);
