import type { V1Pod } from '@kubernetes/client-node';
import { NAMESPACE, RELEASE } from '../rig/installation.ts';
import { kubectl } from './commands.ts';
import { eventually } from './eventually.ts';

/** Pods of a part of the installation, such as `operator`. */
export async function podsOf(part: string): Promise<V1Pod[]> {
  const { stdout } = await kubectl([
    `--namespace=${NAMESPACE}`,
    'get',
    'pods',
    `--selector=app.kubernetes.io/component=${part}`,
    '--output=json',
  ]);
  return (JSON.parse(stdout) as { items: V1Pod[] }).items;
}

/** Takes a part away: all of its pods are gone afterwards. */
export async function stopPart(kind: 'deployment' | 'statefulset', part: string): Promise<void> {
  await scale(kind, part, 0);
  await eventually(
    () => podsOf(part),
    (pods) => pods.length === 0,
    `no pod of ${part} is left`,
  );
}

/** Brings a part back: all of its pods are ready afterwards. */
export async function startPart(
  kind: 'deployment' | 'statefulset',
  part: string,
  replicas: number,
): Promise<void> {
  await scale(kind, part, replicas);
  await kubectl([
    `--namespace=${NAMESPACE}`,
    'rollout',
    'status',
    `${kind}/${RELEASE}-${part}`,
    '--timeout=120s',
  ]);
}

async function scale(kind: string, part: string, replicas: number): Promise<void> {
  await kubectl([
    `--namespace=${NAMESPACE}`,
    'scale',
    `${kind}/${RELEASE}-${part}`,
    `--replicas=${replicas}`,
  ]);
}
