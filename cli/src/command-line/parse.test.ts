import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { defineCommand } from './command.ts';
import { Mistake } from './mistake.ts';
import { nonEmpty, several, single, toggle } from './option.ts';
import { parseCommandLine, type Parsed } from './parse.ts';

const everywhere = {
  url: single({ name: 'url', placeholder: 'URL', summary: 'Where.' }, nonEmpty),
  help: toggle({ name: 'help', short: 'h', summary: 'Explain.' }),
};
const options = {
  name: several({ name: 'name', short: 'n', placeholder: 'NAME', summary: 'Names.' }, nonEmpty),
  all: toggle({ name: 'all', summary: 'All.' }),
};
const act = (): Promise<number> => Promise.resolve(0);
const one = { name: 'ID', summary: 'An id.', count: 'one' } as const;
const commands = [
  defineCommand({ words: ['list'], summary: 'List', options, examples: [] }, act),
  defineCommand({ words: ['get'], summary: 'Get', operand: one, options, examples: [] }, act),
  defineCommand({ words: ['letters', 'list'], summary: 'Letters', options, examples: [] }, act),
  defineCommand(
    {
      words: ['shell'],
      summary: 'Shell',
      operand: { ...one, choices: ['bash', 'zsh'] },
      options: {},
      examples: [],
    },
    act,
  ),
];

test('options of all commands may stand before or behind the command, the others behind it', () => {
  const before = parse('--url', 'http://a', 'list', '-n', 'x', '--name=y', '--all');
  const behind = parse('list', '--url=http://a', '-nx', '--name', 'y', '--all');

  for (const { command, texts } of [before, behind]) {
    deepEqual(command?.words, ['list']);
    deepEqual(texts.get('url'), ['http://a']);
    deepEqual(texts.get('name'), ['x', 'y']);
    deepEqual(texts.get('all'), ['']);
  }
});

test('commands of two words, operands, and what follows two dashes are told apart', () => {
  deepEqual(parse('letters', 'list', '--all').command?.words, ['letters', 'list']);
  deepEqual(parse('get', '--all', '7').operands, ['7']);
  deepEqual(parse('get', '--', '--all').operands, ['--all']);
  equal(parse('letters', '--help').group, 'letters');
  equal(parse('--help').command, undefined);
});

for (const [args, sentence] of [
  [['lits'], 'there is no command "lits" (did you mean list?); see culvert --help'],
  [['frobnicate'], 'there is no command "frobnicate"; see culvert --help'],
  [['letters', 'lst'], 'letters has no command "lst" (did you mean list?); see culvert letters --help'],
  [['list', '--nam', 'x'], 'there is no option --nam (did you mean --name?); see culvert list --help'],
  [['list', '-z'], 'there is no option -z; see culvert list --help'],
  [['list', '--name'], '--name needs a value: --name NAME'],
  [
    ['list', '--name', '--all'],
    '--name needs a value: --name NAME (for one that begins with a dash: --name=NAME)',
  ],
  [['list', '--all=yes'], '--all takes no value'],
  [['list', 'extra'], 'culvert list takes options only, not "extra"; see culvert list --help'],
  [['get'], 'culvert get needs ID; see culvert get --help'],
  [['get', '1', '2'], 'culvert get takes one ID, not also "2"'],
  [['shell'], 'culvert shell needs bash or zsh; see culvert shell --help'],
  [['shell', 'tcsh'], 'culvert shell: "tcsh" is not one of bash, zsh'],
] as const) {
  test(`the mistake in "culvert ${args.join(' ')}" is named with what is right`, () => {
    throws(() => parse(...args), new Mistake(sentence));
  });
}

function parse(...args: readonly string[]): Parsed {
  return parseCommandLine(args, commands, everywhere);
}
