import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../root.ts';

/** One independent part of the check: a tool's JavaScript file in node_modules, or a script of the project. */
export type Step = {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly folder?: string;
} & ({ readonly tool: string } | { readonly script: string });

/**
 * Runs steps, a few at a time, and prints one line for each: whether it passed and how long it took. What a step
 * printed is shown only when it failed.
 *
 * @returns the names of the steps that failed
 */
export async function runSteps(steps: readonly Step[], atOnce: number): Promise<string[]> {
  const waiting = [...steps];
  const failed: string[] = [];
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const started = performance.now();
      const { passed, output } = await runStep(step);
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
      console.log(`  ${passed ? 'ok  ' : 'FAIL'} ${seconds} s  ${step.name}`);
      if (passed) continue;
      failed.push(step.name);
      console.log(output.trimEnd().replace(/^/gm, '       '));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failed;
}

function runStep(step: Step): Promise<{ readonly passed: boolean; readonly output: string }> {
  const file = 'tool' in step ? join(root, 'node_modules', step.tool) : join(root, step.script);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...step.arguments], {
      cwd: join(root, step.folder ?? '.'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      resolve({ passed: false, output: error.message });
    });
    child.on('close', (code) => {
      resolve({ passed: code === 0, output });
    });
  });
}
