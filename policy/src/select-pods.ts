import type { CapturePolicy } from '@culvert/crds/capture-policy';

export type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<CapturePolicy['spec']['selector']['matchExpressions']>[number];

/** Whether a policy's selector matches a pod of its namespace by the pod's labels. */
export function selects({ spec: { selector } }: CapturePolicy, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labelOf(labels, key) === value) &&
    matchExpressions.every((requirement) => fulfils(requirement, labels))
  );
}

function fulfils({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** Only own properties are labels: `constructor` is a valid key. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
