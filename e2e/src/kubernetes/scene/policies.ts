import type { CapturePolicy, CapturePolicyStatus } from '@culvert/crds/capture-policy';
import { eventually } from './eventually.ts';
import type { Scene } from './scene.ts';

type Condition = NonNullable<CapturePolicyStatus['conditions']>[number];

/** Waits until the status of a policy is as it should be, about the spec as it is now. */
export async function policyWhen(
  scene: Scene,
  name: string,
  passes: (status: CapturePolicyStatus) => boolean,
  what: string,
  timeoutMs?: number,
): Promise<CapturePolicyStatus> {
  const { status } = await eventually(
    () => scene.get<CapturePolicy & { metadata: { generation: number } }>(`capturepolicy/${name}`),
    (policy) =>
      policy.status !== undefined &&
      policy.status.observedGeneration === policy.metadata.generation &&
      passes(policy.status),
    what,
    timeoutMs,
  );
  return status as CapturePolicyStatus;
}

/** A condition of a policy's status. */
export function condition(status: CapturePolicyStatus, type: string): Condition | undefined {
  return status.conditions?.find((one) => one.type === type);
}
