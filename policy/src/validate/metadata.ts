import type { ObjectMeta } from '@culvert/crds/object-meta';
import { isObject, quote } from './problem.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const ENCODER = new TextEncoder();
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
const LONGEST_NAME = 253;
const LONGEST_ANNOTATIONS = 262_144;

/** What is wrong with the metadata of a resource, one sentence each. */
export function findMetadataProblems(metadata: unknown): readonly string[] {
  if (!isObject(metadata)) return ['metadata is required: write a name and a namespace'];
  const { name, labels, annotations } = metadata;
  const namespace = metadata['namespace'] ?? DEFAULT_NAMESPACE;
  const problems = Object.keys(metadata)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `metadata.${field} is unknown; write labels or annotations for what is your own`);
  if (typeof name !== 'string' || name === '') problems.push('metadata.name is required');
  else if (name.length > LONGEST_NAME || !DNS_NAME.test(name))
    problems.push(
      `metadata.name is ${quote(name)}; write lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit`,
    );
  if (typeof namespace !== 'string' || !DNS_LABEL.test(namespace))
    problems.push(
      `metadata.namespace is ${quote(namespace)}; write at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit`,
    );
  return [
    ...problems,
    ...findOriginProblems(metadata),
    ...findMapProblems(labels, 'metadata.labels', isKey, (value) => LABEL_VALUE.test(value)),
    ...findAnnotationProblems(annotations),
  ];
}

/** The metadata that policies are compiled with. */
export function readMetadata(metadata: Readonly<Record<string, unknown>>): ObjectMeta {
  // Tools write nulls for what they don't know yet, such as creationTimestamp.
  const known = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
  return { namespace: DEFAULT_NAMESPACE, ...known } as unknown as ObjectMeta;
}

/** What the API server fills in, and files may repeat; documents tell of it. */
function findOriginProblems({
  uid = null,
  generation = null,
  creationTimestamp = null,
}: Readonly<Record<string, unknown>>): readonly string[] {
  const problems: string[] = [];
  if (uid !== null && typeof uid !== 'string')
    problems.push(`metadata.uid is ${quote(uid)} and should be text in quotes`);
  if (generation !== null && !Number.isSafeInteger(generation))
    problems.push(`metadata.generation is ${quote(generation)} and should be a whole number`);
  if (
    creationTimestamp !== null &&
    !(
      typeof creationTimestamp === 'string' &&
      TIME.test(creationTimestamp) &&
      Date.parse(creationTimestamp) > 0
    )
  )
    problems.push(
      `metadata.creationTimestamp is ${quote(creationTimestamp)}; write a time such as 2026-11-21T10:00:00Z, or remove it`,
    );
  return problems;
}

function findAnnotationProblems(annotations: unknown): readonly string[] {
  const problems = findMapProblems(
    annotations,
    'metadata.annotations',
    (key) => isKey(key.toLowerCase()),
    () => true,
  );
  if (problems.length > 0 || !isObject(annotations)) return problems;
  const length = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + bytes(key) + bytes(value as string),
    0,
  );
  return length > LONGEST_ANNOTATIONS
    ? [`metadata.annotations has ${length} bytes; write at most ${LONGEST_ANNOTATIONS}`]
    : [];
}

function bytes(text: string): number {
  return ENCODER.encode(text).length;
}

/** A name, optionally after a DNS name and a slash. */
function isKey(key: string): boolean {
  const slash = key.indexOf('/');
  const prefix = key.slice(0, Math.max(0, slash));
  return (
    (slash < 0 || (prefix.length <= LONGEST_NAME && DNS_NAME.test(prefix))) &&
    QUALIFIED_NAME.test(key.slice(slash + 1))
  );
}

function findMapProblems(
  map: unknown,
  path: string,
  isKeyOfMap: (key: string) => boolean,
  isValue: (value: string) => boolean,
): readonly string[] {
  if (map === undefined || map === null) return [];
  if (!isObject(map)) return [`${path} is ${quote(map)} and should be an object`];
  return Object.entries(map).flatMap(([key, value]) => {
    if (!isKeyOfMap(key)) return [`${path} has the key ${quote(key)}, which is none`];
    if (typeof value !== 'string') return [`${path}[${key}] is ${quote(value)} and should be text in quotes`];
    return isValue(value) ? [] : [`${path}[${key}] is ${quote(value)}, which is no value of a label`];
  });
}
