import type { Container } from './manifests.ts';

/** What fields of a pod and keys of Secrets hold when a test needs values. */
export interface Known {
  /** By path, such as `metadata.name`. */
  readonly fields: Readonly<Record<string, string>>;
  /** By `secret/key`. */
  readonly secrets: Readonly<Record<string, string>>;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

/**
 * The environment that a kubelet would make of a container's variables: references resolved, `$(NAME)` replaced by what
 * was said before.
 *
 * @throws Error naming a reference that leads nowhere
 */
export function environmentOf(container: Container, known: Known): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of (container.env ?? []) as readonly Variable[]) {
    const { fieldRef, secretKeyRef } = valueFrom ?? {};
    const found =
      value?.replace(/\$\((\w+)\)/g, (reference, other: string) => environment[other] ?? reference) ??
      (fieldRef && known.fields[fieldRef.fieldPath]) ??
      (secretKeyRef && known.secrets[`${secretKeyRef.name}/${secretKeyRef.key}`]);
    if (found === undefined)
      throw new Error(`${name} refers to something unknown: ${JSON.stringify(valueFrom)}`);
    environment[name] = found;
  }
  return environment;
}
