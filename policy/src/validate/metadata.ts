import type { ObjectMeta } from '@culvert/crds/object-meta';
import { isObject, quote } from './problem.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const FIELDS = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
  'selfLink',
];
const DEFAULT_NAMESPACE = 'default';

/** What is wrong with the metadata of a resource, one sentence each. */
export function findMetadataProblems(metadata: unknown): readonly string[] {
  if (!isObject(metadata)) return ['metadata is required: write a name and a namespace'];
  const { name, labels, annotations } = metadata;
  const namespace = metadata['namespace'] ?? DEFAULT_NAMESPACE;
  const problems = Object.keys(metadata)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `metadata.${field} is unknown; write labels or annotations for what is your own`);
  if (typeof name !== 'string' || name === '') problems.push('metadata.name is required');
  else if (name.length > 253 || !DNS_NAME.test(name))
    problems.push(
      `metadata.name is ${quote(name)}; write lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit`,
    );
  if (typeof namespace !== 'string' || !DNS_LABEL.test(namespace))
    problems.push(
      `metadata.namespace is ${quote(namespace)}; write at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit`,
    );
  return [
    ...problems,
    ...findMapProblems(labels, 'metadata.labels', (value) => LABEL_VALUE.test(value)),
    ...findMapProblems(annotations, 'metadata.annotations', () => true),
  ];
}

/** The metadata that policies are compiled with. */
export function readMetadata(metadata: Readonly<Record<string, unknown>>): ObjectMeta {
  // Tools write nulls for what they don't know yet, such as creationTimestamp.
  const known = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
  return { namespace: DEFAULT_NAMESPACE, ...known } as unknown as ObjectMeta;
}

function findMapProblems(map: unknown, path: string, isValue: (value: string) => boolean): readonly string[] {
  if (map === undefined || map === null) return [];
  if (!isObject(map)) return [`${path} is ${quote(map)} and should be an object`];
  return Object.entries(map).flatMap(([key, value]) => {
    if (!LABEL_KEY.test(key)) return [`${path} has the key ${quote(key)}, which is none`];
    if (typeof value !== 'string') return [`${path}[${key}] is ${quote(value)} and should be text in quotes`];
    return isValue(value) ? [] : [`${path}[${key}] is ${quote(value)}, which is no value of a label`];
  });
}
