import { describeExit, type ManagedProcess } from '@culvert/demo/launcher/process';

/**
 * What a load generator printed, once it has ended by itself.
 *
 * @throws when it ends with a status other than 0, or has to be stopped after `timeoutSeconds`
 */
export async function outputOf(child: ManagedProcess, timeoutSeconds: number): Promise<string> {
  const late = setTimeout(() => void child.stop(), timeoutSeconds * 1000);
  const exit = await child.exited;
  clearTimeout(late);
  const output = child.tail(40);
  if (exit.code !== 0) throw new Error(`${child.name} ended with ${describeExit(exit)}: ${output}`);
  return output;
}
