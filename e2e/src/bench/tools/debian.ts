import { debianProgram as findOrInstall, type DebianProgram } from '@culvert/demo/launcher/debian-program';
import type { Bench } from '../context.ts';

/**
 * Where a program is; installs its package when it is missing and this process may.
 *
 * @throws with a sentence that says what to install
 */
export function debianProgram(bench: Bench, wanted: DebianProgram): Promise<string> {
  return findOrInstall(wanted, (sentence) => {
    bench.progress(sentence);
  });
}
