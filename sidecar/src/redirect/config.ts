import { choice, readSettings, type Setting, type Values } from '@culvert/runtime/config';
import { LOG_LEVELS } from '@culvert/runtime/log';
import { parseRedirects, type Redirect } from './redirects.ts';

const redirects: Setting<readonly Redirect[]> = {
  variable: 'CULVERT_REDIRECT',
  description:
    'Ports of the application and the ports of the sidecar that their callers reach instead, as `PORT:PORT`, several separated by commas.',
  fallback: undefined,
  type: 'list',
  parse: parseRedirects,
};

/** All settings of the role redirect. */
export const settings = {
  redirects,
  logLevel: choice('CULVERT_LOG_LEVEL', 'info', LOG_LEVELS, 'Least severe level that is logged.'),
};

/** The configuration of the role redirect. */
export type RedirectConfig = Values<typeof settings>;

/** @throws ConfigurationError that lists every mistake */
export function readRedirectConfig(
  environment: Readonly<Record<string, string | undefined>>,
): RedirectConfig {
  return readSettings(settings, environment);
}
