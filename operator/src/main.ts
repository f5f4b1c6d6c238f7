import { KubeConfig } from '@kubernetes/client-node';
import { untilSignalled } from '@culvert/runtime/lifecycle';
import { createLogger } from '@culvert/runtime/log';
import { VERSION } from '@culvert/runtime/version';
import { readConfig, settings } from './config.ts';
import { initSecrets } from './init-secrets/main.ts';
import { startOperator } from './operator.ts';

const HELP = `Usage: culvert-operator [init-secrets]

Watches CapturePolicies and pods, injects sidecars, tells them what to capture and reports on it. With init-secrets
it only makes the Secrets of an installation that are missing, and ends.
Configured by environment variables:

${Object.values(settings)
  .map((setting) => `  ${setting.variable.padEnd(30)} ${setting.description}`)
  .join('\n')}

Exit codes: 0 ended in order, 1 could not start, 2 wrong usage, 3 lost the lease.
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.includes('--version')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (args[0] === 'init-secrets') return initSecrets(process.env);
  if (args.length > 0) {
    process.stderr.write(`culvert-operator: unknown argument ${args[0] ?? ''}; try --help\n`);
    return 2;
  }
  const config = readConfig(process.env);
  const log = createLogger('operator', config.logLevel);
  const kubeConfig = new KubeConfig();
  if (config.kubeconfig === '') kubeConfig.loadFromCluster();
  else kubeConfig.loadFromFile(config.kubeconfig);
  const signalled = untilSignalled();
  const operator = await startOperator(config, VERSION, kubeConfig, log);
  const end = await Promise.race([
    signalled.then((signal) => ({ signal, status: 0 })),
    // Another replica may lead already: nothing is finished, the process just ends.
    operator.lost.then((lost) => ({ lost, status: 3 })),
  ]);
  log.info(end, 'operator ends');
  if (end.status !== 0) return end.status;
  const clean = await operator.stop();
  log.info({ clean }, 'operator has ended');
  return 0;
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`culvert-operator: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
