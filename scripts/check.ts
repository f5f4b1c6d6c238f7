/** `make check`: everything about the sources that can be said without running them. */
import { availableParallelism } from 'node:os';
import { argv } from 'node:process';
import { runSteps } from './check/run-steps.ts';
import { steps } from './check/steps.ts';

const only = argv.slice(2);
const chosen = steps.filter((step) => only.length === 0 || only.includes(step.name));
const started = performance.now();
const failed = await runSteps(chosen, Math.max(2, Math.min(4, availableParallelism())));
const seconds = ((performance.now() - started) / 1000).toFixed(1);

if (chosen.length === 0) {
  console.log(`no such step; there are: ${steps.map((step) => step.name).join(', ')}`);
  process.exitCode = 1;
} else if (failed.length > 0) {
  console.log(`check failed in ${seconds} s: ${failed.join(', ')}`);
  process.exitCode = 1;
} else console.log(`check passed in ${seconds} s`);
