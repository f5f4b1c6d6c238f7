import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { findProgram } from '@culvert/demo/launcher/debian-program';

/** A shell as people have it, with options that change what words mean. */
export type Shell = readonly [program: string, ...options: string[]];

/** How a script ended. */
export interface Ran {
  readonly status: number | null;
  readonly output: Buffer;
  readonly errors: string;
}

/** The shells that a command is for. Not everybody has zsh; scripts/test.ts installs it where that is allowed. */
export async function findShells(): Promise<readonly Shell[]> {
  const zsh = await findProgram('zsh');
  const named: readonly Shell[] = [
    ['sh'],
    ['bash'],
    ['bash', '-O', 'extglob', '-o', 'history', '-o', 'histexpand'],
  ];
  if (zsh === undefined) return named;
  const strange = ['magicequalsubst', 'rcquotes', 'extendedglob', 'kshglob', 'globsubst'];
  return [...named, [zsh], [zsh, '-f', ...strange.flatMap((option) => ['-o', option])]];
}

/** Hands a script over as input, as somebody would who pastes it. */
export async function runScript(
  [program, ...options]: Shell,
  script: string,
  directory?: string,
): Promise<Ran> {
  const child = spawn(program, options, { cwd: directory, stdio: 'pipe' });
  child.stdin.end(script);
  const [output, errors, [status]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { status, output, errors };
}
