import { type Command, defineCommand } from '../command-line/command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type Place, places } from '../completion/model.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { everywhere } from './everywhere.ts';

const scripts = new Map<string, (all: readonly Place[]) => string>([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
]);

/** `culvert completion`; the commands come as a function because this is one of them. */
export function completion(commands: () => readonly Command[]): Command {
  return defineCommand(
    {
      words: ['completion'],
      summary: 'Print a script that teaches a shell to complete culvert commands',
      operand: { name: 'SHELL', summary: 'bash, zsh or fish.', count: 'one', choices: [...scripts.keys()] },
      options: {},
      examples: [
        {
          line: 'source <(culvert completion bash)',
          does: 'for this shell; put it into ~/.bashrc to keep it',
        },
        { line: 'source <(culvert completion zsh)', does: 'the same for zsh, after compinit in ~/.zshrc' },
        { line: 'culvert completion fish > ~/.config/fish/completions/culvert.fish', does: 'for fish' },
      ],
    },
    async (_values, [shell = ''], session) => {
      await session.output.write(scripts.get(shell)?.(places(commands(), everywhere)) ?? '');
      return 0;
    },
  );
}
