import { KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { text } from 'node:stream/consumers';
import { createTransport } from '../../kubernetes/transport.ts';

/** What came of a request to make a pod. */
export interface PodResult {
  readonly status: number;
  /** The pod, where it was made. */
  readonly pod: V1Pod;
  /** Why not, elsewhere. */
  readonly message: string;
  readonly warnings: readonly string[];
}

/** Makes pods as kubectl does, and shows what kubectl would print. */
export interface PodRequests {
  create(namespace: string, pod: V1Pod, options?: { readonly dryRun?: boolean }): Promise<PodResult>;
  close(): void;
}

export function podRequests(kubeconfigFile: string): PodRequests {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfigFile);
  const transport = createTransport(kubeConfig);
  return {
    async create(namespace, pod, { dryRun = true } = {}) {
      const response = await transport.send({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods${dryRun ? '?dryRun=All' : ''}`,
        body: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', ...pod }),
        type: 'application/json',
      });
      const body = JSON.parse(await text(response)) as V1Pod & { message?: string };
      const header = response.headers.warning ?? '';
      return {
        status: response.statusCode ?? 0,
        pod: body,
        message: body.message ?? '',
        warnings: [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, said]) =>
          (said ?? '').replaceAll(/\\(.)/g, '$1'),
        ),
      };
    },
    close() {
      transport.close();
    },
  };
}
