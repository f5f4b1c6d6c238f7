import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.ts';

/** What is asked of the cluster when a test has failed, and the file that the answer goes to. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  'pods.txt': ['get', 'pods', '--all-namespaces', '--output=wide'],
  'events.txt': ['get', 'events', '--all-namespaces', '--sort-by=.metadata.creationTimestamp'],
  'describe.txt': ['describe', 'pods', '--all-namespaces'],
  'policies.yaml': ['get', 'capturepolicies.culvert.dev', '--all-namespaces', '--output=yaml'],
  'webhooks.yaml': ['get', 'mutatingwebhookconfigurations', '--output=yaml'],
};

/** Keeps pods, events, descriptions and every container's log as they are now, in a directory. */
export async function keepDiagnostics(kubectl: readonly string[], directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const ask = (...args: string[]): Promise<string> =>
    run([...kubectl, ...args], { timeoutMs: 30_000 }).catch((error: unknown) => String(error));
  await Promise.all(
    Object.entries(QUESTIONS).map(async ([file, question]) => {
      writeFileSync(join(directory, file), `${await ask(...question)}\n`);
    }),
  );
  const names = await ask(
    'get',
    'pods',
    '--all-namespaces',
    '--output=jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}',
  );
  for (const line of names.split('\n')) {
    const [namespace = '', pod = ''] = line.split(' ');
    if (pod === '' || namespace === 'kube-system') continue;
    const log = (...more: string[]): Promise<string> =>
      ask(`--namespace=${namespace}`, 'logs', pod, '--all-containers', '--prefix', '--tail=2000', ...more);
    writeFileSync(join(directory, `${namespace}.${pod}.log`), `${await log()}\n`);
  }
}
