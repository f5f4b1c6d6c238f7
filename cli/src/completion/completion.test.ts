import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { findProgram } from '@culvert/demo/launcher/debian-program';
import { commands } from '../commands/commands.ts';
import { everywhere } from '../commands/everywhere.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { places } from './model.ts';
import { zshCompletion } from './zsh.ts';

const run = promisify(execFile);
const all = places(commands, everywhere);
const shells: ((words: readonly string[]) => Promise<string[]>)[] = [inBash];
let directory: string;

before(async () => {
  if (await canBeHad('zsh')) shells.push(inZsh);
  if (await canBeHad('fish')) shells.push(inFish);
  directory = await mkdtemp(join(tmpdir(), 'culvert-completion-'));
  await writeFile(join(directory, 'token.txt'), '');
  await writeFile(join(directory, 'culvert.bash'), bashCompletion(all));
  await writeFile(join(directory, 'culvert.zsh'), zshCompletion(all));
  await writeFile(join(directory, 'culvert.fish'), fishCompletion(all));
});
after(() => rm(directory, { recursive: true }));

const FIRST = ['completion', 'dead-letters', 'get', 'help', 'list', 'stats', 'tail', 'version'];

/** Words of a command line, the last one to be completed, and what each shell must offer. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [[''], FIRST],
  [['t'], ['tail']],
  [
    ['--url', 'http://a', 'dead-letters', ''],
    ['list', 'requeue'],
  ],
  [['dead-letters', 'list', '--re'], ['--reason']],
  [['list', '--mi'], ['--min-duration']],
  [
    ['list', '-n', 'shop', '--output', ''],
    ['curl', 'har', 'json', 'table'],
  ],
  [
    ['dead-letters', 'list', '-o', ''],
    ['json', 'table'],
  ],
  [
    ['get', '019aa7f2', '--body', 're'],
    ['request', 'response'],
  ],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['help', 'st'], ['stats']],
  [['list', '--host', 'ta'], []],
  [['tail', '--token-file', 'tok'], ['token.txt']],
];

for (const [words, offered] of CASES) {
  test(`bash, and zsh and fish where they can be had, complete "culvert ${words.join(' ')}"`, async () => {
    for (const complete of shells) deepEqual(await complete(words), offered, complete.name);
  });
}

test('bash completes values behind an equals sign and behind a comma', async () => {
  deepEqual(await inBash(['list', '--output', '=', 'h']), ['har']);
  deepEqual(await inBash(['list', '--output', '=']), ['curl', 'har', 'json', 'table']);
  deepEqual(await inBash(['list', '--state', 'open,up']), ['open,upgraded', 'open,upstream_aborted']);
});

/** As bash calls the function: with the words, and which of them the cursor is on. */
async function inBash(words: readonly string[]): Promise<string[]> {
  const script = `source ./culvert.bash; complete -p culvert >/dev/null || exit 9
    COMP_WORDS=(culvert "$@"); COMP_CWORD=$#; _culvert; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return offeredBy('bash', ['--norc', '-uc', script, 'bash', ...words]);
}

async function inFish(words: readonly string[]): Promise<string[]> {
  const script = `source ./culvert.fish; complete -C "culvert $argv" | string split -f 1 \\t; true`;
  return offeredBy('fish', ['--no-config', '-c', script, '--', ...words]);
}

/** The script runs in zsh as it is; what zsh shows in a menu is written out instead. */
async function inZsh(words: readonly string[]): Promise<string[]> {
  const script = `
    compdef() { [[ $1$2 == _culvertculvert ]] || exit 9 }
    compset() { return 1 }
    source ./culvert.zsh
    _describe() { for one in \${(P)@[-1]}; do [[ $one == $words[CURRENT]* ]] && print -r -- \${one%%:*}; done; return 0 }
    _files() { print -r -- $words[CURRENT]*(N) }
    words=(culvert "$@"); CURRENT=$#words; _culvert`;
  return offeredBy('zsh', ['-fuc', script, 'zsh', ...words]);
}

/** Everybody has bash; scripts/test.ts installs the others where that is allowed. */
async function canBeHad(shell: string): Promise<boolean> {
  return (await findProgram(shell)) !== undefined;
}

async function offeredBy(shell: string, args: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await run(shell, [...args], {
    cwd: directory,
    env: { ...process.env, HOME: directory },
  });
  equal(stderr, '');
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort();
}
