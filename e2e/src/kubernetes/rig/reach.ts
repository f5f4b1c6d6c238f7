import { startProcess } from '@culvert/demo/launcher/process';

/** A port of a pod or Service that can be dialled from here. */
export interface Reached {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Makes a port of the cluster reachable for this process, through the API server.
 *
 * @param target such as `service/culvert-orchestrator`; one pod of it answers, until that pod ends
 */
export async function reach(namespace: string, target: string, port: number): Promise<Reached> {
  let local = 0;
  const kubeconfig = process.env['E2E_KUBECONFIG'];
  const forwarding = await startProcess({
    name: `kubectl port-forward ${target}`,
    command: process.env['E2E_KUBECTL'] ?? 'kubectl',
    args: [
      ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
      `--namespace=${namespace}`,
      'port-forward',
      '--address=127.0.0.1',
      target,
      `:${port}`,
    ],
    onLine: (line) => {
      local ||= Number(/^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0);
    },
    ready: () => local !== 0,
  });
  return {
    port: local,
    close: async () => {
      await forwarding.kill();
    },
  };
}
