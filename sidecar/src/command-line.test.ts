import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommandLine } from './command-line.ts';

function printed(args: readonly string[]): string {
  const command = readCommandLine(args, '1.2.3');
  return command.kind === 'print' ? command.text : JSON.stringify(command);
}

test('a process captures unless another role is asked for', () => {
  assert.deepEqual(readCommandLine([], '1'), { kind: 'run', role: 'capture' });
  assert.deepEqual(readCommandLine(['--role', 'node'], '1'), { kind: 'run', role: 'node' });
  assert.deepEqual(readCommandLine(['--role=redirect'], '1'), { kind: 'run', role: 'redirect' });
});

test('--help lists the roles and the settings of the one that is named, and no others', () => {
  assert.match(printed(['--help']), /capture +forwards[^]*node +measures[^]*redirect +redirects/);
  assert.match(printed(['-h']), /CULVERT_CAPTURE /);
  assert.match(printed(['--role', 'node', '--help']), /role node[^]*CULVERT_PROC_DIR /);
  assert.doesNotMatch(printed(['--role', 'node', '--help']), /CULVERT_CAPTURE|CULVERT_REDIRECT/);
  assert.match(printed(['--role', 'redirect', '--help']), /role redirect[^]*CULVERT_REDIRECT /);
  assert.doesNotMatch(printed(['--role', 'redirect', '--help']), /NATS_URL/);
  assert.equal(printed(['--version']), '1.2.3\n');
});

test('a wrong role, flag or argument is named, with what to try', () => {
  const message = (...args: readonly string[]): string => {
    const command = readCommandLine(args, '1');
    return command.kind === 'mistake' ? command.message : command.kind;
  };

  assert.equal(
    message('--role', 'boss'),
    '--role must be one of capture, node, redirect, not "boss"; try --help',
  );
  assert.match(message('--rôle'), /--rôle.*try --help$/);
  assert.match(message('--role'), /--role.*try --help$/);
  assert.match(message('capture'), /'capture'.*try --help$/);
  assert.match(message('--role', 'toString'), /not "toString"/);
});
