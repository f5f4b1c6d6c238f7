import type { Setting } from '@culvert/runtime/config';

/** A Secret that an installation needs. */
export interface WantedSecret {
  readonly name: string;
  /** Keys whose values are given. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Keys whose values are made. */
  readonly random: readonly string[];
}

/** All of them, and the labels and annotations that each gets. */
export interface Wanted {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly secrets: readonly WantedSecret[];
}

/** `{"labels": {…}, "annotations": {…}, "secrets": [{"name": …, "fixed": {KEY: VALUE}, "random": [KEY]}]}`. */
export function wantedSecrets(variable: string, description: string): Setting<Wanted> {
  return { variable, description, fallback: undefined, type: 'JSON', parse };
}

function parse(text: string): Wanted {
  const { labels = {}, annotations = {}, secrets } = objectIn(text, JSON.parse);
  if (!Array.isArray(secrets)) throw new Error('must have a list "secrets"');
  return {
    labels: texts(labels, 'labels'),
    annotations: texts(annotations, 'annotations'),
    secrets: secrets.map(wantedSecret),
  };
}

function wantedSecret(item: unknown): WantedSecret {
  const { name, fixed = {}, random = [] } = objectIn(item);
  if (typeof name !== 'string' || name === '') throw new Error('must give every secret a name');
  if (!Array.isArray(random) || !random.every((key) => typeof key === 'string'))
    throw new Error(`must list keys as "random" of ${name}`);
  return { name, fixed: texts(fixed, `fixed of ${name}`), random };
}

function texts(value: unknown, what: string): Record<string, string> {
  const record = objectIn(value);
  for (const [key, item] of Object.entries(record))
    if (typeof item !== 'string') throw new Error(`must hold texts only as ${what}, not ${key}`);
  return record as Record<string, string>;
}

function objectIn<T>(value: T, read: (value: T) => unknown = (it) => it): Record<string, unknown> {
  let found: unknown;
  try {
    found = read(value);
  } catch {
    throw new Error('must be JSON');
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new Error('must hold JSON objects');
  return found as Record<string, unknown>;
}
