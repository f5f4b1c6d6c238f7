/** Kinds of Kubernetes begin with a capital letter, and namespaces can't. */
const KIND_ALONE = /^([A-Z][A-Za-z0-9]*)\/?$/;
const WHOLE = /^(?:([^/\sA-Z][^/\s]*)\/)?([A-Z][A-Za-z0-9]*\/[^/\s]+)$/;
const KIND_OF_NAME = /^[A-Z][A-Za-z0-9]*\//;

/** A workload as it is asked for. */
export type AskedWorkload =
  /** By the text that its agents announce, where one is given with its namespace. */
  | { readonly kind: 'whole'; readonly workload: string; readonly namespace?: string }
  /** As tables show it, without its kind, or otherwise incomplete. */
  | { readonly kind: 'part'; readonly text: string };

/**
 * Reads a workload: `Deployment/cart`, `shop/Deployment/cart`, or, as tables show it, `shop/cart` or `cart`.
 *
 * @throws Error whose message completes "--workload …"
 */
export function parseWorkload(text: string): AskedWorkload {
  if (text === '') throw new Error('needs a value');
  const [, kind] = KIND_ALONE.exec(text) ?? [];
  if (kind !== undefined)
    throw new Error(
      `names a kind only: ${JSON.stringify(text)}; give ${kind}/NAME, or NAMESPACE/NAME as tables show it`,
    );
  const [, namespace, workload] = WHOLE.exec(text) ?? [];
  if (workload === undefined) return { kind: 'part', text };
  return { kind: 'whole', workload, ...(namespace !== undefined && { namespace }) };
}

/** The name of a workload, without its kind. */
export function workloadName(workload: string): string {
  return workload.replace(KIND_OF_NAME, '');
}
