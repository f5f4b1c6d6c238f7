import type { CapturePolicy } from '@culvert/crds/capture-policy';

export type Labels = Readonly<Record<string, string>>;
/** Which pods of its namespace a policy selects. */
export type PodSelector = CapturePolicy['spec']['selector'];
type Requirement = NonNullable<PodSelector['matchExpressions']>[number];

/** Whether a policy's selector matches a pod of its namespace by the pod's labels. */
export function selects({ spec: { selector } }: CapturePolicy, labels: Labels): boolean {
  return matches(selector, labels);
}

/** Whether a selector matches a pod by its labels. */
export function matches({ matchLabels = {}, matchExpressions = [] }: PodSelector, labels: Labels): boolean {
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
