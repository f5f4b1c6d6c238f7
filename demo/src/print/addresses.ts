import type { Config } from '../config.ts';
import type { Style } from './style.ts';

/** Where to look next. */
export function formatAddresses(config: Config, logDirectory: string, style: Style): string {
  const at = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`;
  const lines: readonly (readonly [string, string])[] = [
    ['GraphiQL', at(config.apiPort, '/graphql')],
    ['health', at(config.apiPort, '/health/detailed')],
    ['metrics', `${at(config.metricsPort, '/metrics')} (orchestrator)`],
    ['', `${at(config.sidecarMetricsPort, '/metrics')} (sidecar)`],
    ['sample shop', `${at(config.capturePort, '/orders')} (through the sidecar)`],
    ['', `${at(config.applicationPort, '/orders')} (past it: not captured)`],
    ['logs', logDirectory],
  ];
  return [
    ...lines.map(([name, value]) => `  ${style.bold(name.padEnd(12))} ${value}`),
    '',
    '  Send a request of your own and see it:',
    `    curl -d '{"item":"rug"}' ${at(config.capturePort, '/orders')}`,
    `    curl -H 'content-type: application/json' -d '{"query":"{ requests { timestamp method url status durationMs } }"}' ${at(config.apiPort, '/graphql')}`,
    '',
    '  Or follow all that passes, from another terminal:',
    `    make build && node dist/cli/culvert.mjs tail --url ${at(config.apiPort, '/graphql')}`,
  ].join('\n');
}
