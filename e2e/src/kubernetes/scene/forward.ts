import type { V1Service } from '@kubernetes/client-node';
import { kubectl, startKubectl } from './commands.ts';
import { SYSTEM } from './installation.ts';

/** A way to a Service of the installation from where the tests run. */
export interface Way {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Within the cluster's network the Service is dialled; from elsewhere a port is forwarded to one of its pods. */
export async function wayTo(service: string, port: number): Promise<Way> {
  if (process.env['E2E_DIRECT'] === '1') {
    const { stdout } = await kubectl([`--namespace=${SYSTEM}`, 'get', 'service', service, '--output=json']);
    const host = (JSON.parse(stdout) as V1Service).spec?.clusterIP ?? '';
    return { host, port, close: () => Promise.resolve() };
  }
  const running = startKubectl([`--namespace=${SYSTEM}`, 'port-forward', `service/${service}`, `:${port}`]);
  const line = await running.firstLine;
  return {
    host: '127.0.0.1',
    port: Number(/:(\d+) ->/.exec(line)?.[1]),
    close: () => running.kill(),
  };
}
