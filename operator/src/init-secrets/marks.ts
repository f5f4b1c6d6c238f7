import type { ObjectMetadata } from '../kubernetes/objects.ts';
import type { Wanted } from './wanted.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
/** Deployment tools that go by this label take what bears it for theirs, and delete what no manifest names. */
const INSTANCE = 'app.kubernetes.io/instance';

/** Labels and annotations as a merge patch has them: null removes. */
export interface Marks {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * What is to change about the labels and annotations of a Secret that an earlier release made; undefined when nothing is,
 * or when it was made by somebody else.
 */
export function marksToChange(wanted: Wanted, metadata: ObjectMetadata): Marks | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const maker = wanted.labels[MANAGED_BY];
  if (maker === undefined || labels[MANAGED_BY] !== maker) return undefined;
  const marks: Marks = {
    labels: {
      ...differing(wanted.labels, labels),
      ...(labels[INSTANCE] !== undefined && wanted.labels[INSTANCE] === undefined && { [INSTANCE]: null }),
    },
    annotations: differing(wanted.annotations, annotations),
  };
  return Object.keys({ ...marks.labels, ...marks.annotations }).length === 0 ? undefined : marks;
}

function differing(
  wanted: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => present[name] !== value));
}
