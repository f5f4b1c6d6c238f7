import { choice, readSettings, text, type Values } from '@culvert/runtime/config';
import { LOG_LEVELS } from '@culvert/runtime/log';
import { wantedSecrets } from './wanted.ts';

/** All settings of `init-secrets`. */
const settings = {
  namespace: text('CULVERT_OPERATOR_NAMESPACE', 'culvert-system', 'Namespace that the Secrets belong into.'),
  kubeconfig: text(
    'KUBECONFIG',
    '',
    'Access to the API server from outside a cluster; within one, the service account is used.',
  ),
  wanted: wantedSecrets('CULVERT_INIT_SECRETS', 'Which Secrets to make, with labels, names and keys.'),
  logLevel: choice('CULVERT_LOG_LEVEL', 'info', LOG_LEVELS, 'Least severe level that is logged.'),
};

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError that lists every mistake
 */
export function readInitSecretsConfig(
  environment: Readonly<Record<string, string | undefined>>,
): Values<typeof settings> {
  return readSettings(settings, environment);
}
