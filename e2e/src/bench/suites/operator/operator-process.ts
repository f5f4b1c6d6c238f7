import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@culvert/demo/launcher/ports';
import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Bench } from '../../context.ts';
import { bundle } from '../../tools/bundle.ts';
import { until } from '../../until.ts';

/** The name of the webhook configuration that the operator looks after. */
export const CONFIGURATION = 'culvert-injector';

/** A started operator, bundled as it ships. */
export interface Operator {
  readonly process: ManagedProcess;
  /** The sum of a metric over its labels, or of the lines that hold a text. */
  metric(name: string, holding?: string): Promise<number>;
}

async function agentSecrets(bench: Bench): Promise<string> {
  const directory = await mkdtemp(join(bench.workDirectory, 'agent-secrets-'));
  for (const name of ['nats-user', 'nats-password', 'redaction-key'])
    await writeFile(join(directory, name), `the ${name} of a benchmark`);
  return directory;
}

/** Starts an operator and waits until it serves its metrics. */
export async function startOperator(
  bench: Bench,
  options: { readonly kubeconfigFile: string; readonly natsUrl: string; readonly webhookPort: number },
): Promise<Operator> {
  const metricsPort = await freePort();
  const url = `http://127.0.0.1:${metricsPort}/metrics`;
  const process = await bench.children.start({
    name: 'operator',
    core: 'any',
    command: bundle(bench, 'operator'),
    environment: {
      KUBECONFIG: options.kubeconfigFile,
      NATS_URL: options.natsUrl,
      CULVERT_CLUSTER: 'bench',
      CULVERT_POD: 'operator-0',
      CULVERT_LEADER_ELECTION: '0',
      CULVERT_WEBHOOK_PORT: String(options.webhookPort),
      CULVERT_WEBHOOK_SERVICE: 'localhost',
      CULVERT_WEBHOOK_CONFIGURATION: CONFIGURATION,
      CULVERT_AGENT_SECRETS_DIR: await agentSecrets(bench),
      CULVERT_METRICS_PORT: String(metricsPort),
      CULVERT_LOG_LEVEL: 'warn',
    },
  });
  const metric: Operator['metric'] = async (name, holding = '') => {
    const text = await (await fetch(url)).text();
    return text
      .split('\n')
      .filter(
        (line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(holding),
      )
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  };
  await until('the operator serves its metrics', async () => {
    if (!process.running) throw new Error(`the operator ended:\n${process.tail()}`);
    return (await fetch(url)).ok;
  });
  return { process, metric };
}
