import { KubeConfig } from '@kubernetes/client-node';
import { createLogger } from '@culvert/runtime/log';
import { createKubernetesClient } from '../kubernetes/client.ts';
import { noTracing } from '@culvert/runtime/tracing/tracing';
import { readInitSecretsConfig } from './config.ts';
import { makeSecrets } from './make-secrets.ts';

/**
 * `culvert-operator init-secrets`: makes the Secrets of an installation that are not there yet, and ends. Helm runs it
 * before it installs or changes anything.
 *
 * @param environment usually `process.env`
 * @returns the exit code: 0 all Secrets are there, 1 one of them can't be used
 * @throws ConfigurationError, or KubernetesError when the API server refuses
 */
export async function initSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const config = readInitSecretsConfig(environment);
  const log = createLogger('init-secrets', config.logLevel);
  const kubeConfig = new KubeConfig();
  if (config.kubeconfig === '') kubeConfig.loadFromCluster();
  else kubeConfig.loadFromFile(config.kubeconfig);
  const client = createKubernetesClient(kubeConfig, noTracing);
  try {
    const problems = await makeSecrets(client, config.namespace, config.wanted, log);
    for (const problem of problems) log.error(problem);
    return problems.length === 0 ? 0 : 1;
  } finally {
    client.close();
  }
}
