/** The key-value bucket that carries configuration from the operator to agents. */
export const CONFIG_BUCKET = 'culvert-config';

const ENCODER = new TextEncoder();

/** Encodes a token of a key: bytes outside `A–Z a–z 0–9 _ -` become `=` and two upper-case hex digits. */
export function encodeKeyToken(text: string): string {
  if (text === '') return '=';
  let token = '';
  for (const byte of ENCODER.encode(text)) {
    const character = String.fromCharCode(byte);
    token += /[A-Za-z0-9_-]/.test(character)
      ? character
      : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** Reverses {@link encodeKeyToken}. Bytes that are not UTF-8 come back as U+FFFD. */
function decodeKeyToken(token: string): string {
  if (token === '=') return '';
  const bytes: number[] = [];
  for (let i = 0; i < token.length; i++) {
    if (token[i] === '=') {
      bytes.push(Number.parseInt(token.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(token.charCodeAt(i));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/**
 * The key of a workload's document: `workload.<namespace>.<Kind>.<name>.<variant>`.
 *
 * @param workload `Kind/name`
 * @param variant tells apart pods of one workload whose labels differ, such as before and after a roll-out
 */
export function workloadKey(namespace: string, workload: string, variant: string): string {
  const slash = workload.indexOf('/');
  const parts = [namespace, workload.slice(0, slash), workload.slice(slash + 1), variant];
  return `workload.${parts.map(encodeKeyToken).join('.')}`;
}

/** Whether a text is a key that {@link workloadKey} could have given a workload of a namespace. */
export function isWorkloadKeyOf(namespace: string, key: string): boolean {
  const start = `workload.${encodeKeyToken(namespace)}.`;
  return key.startsWith(start) && /^[\w=-]+\.[\w=-]+\.[\w=-]+$/.test(key.slice(start.length));
}

/**
 * Whether a text is a key under which a namespace may keep a document: `workload.<namespace>.` and at least one token
 * more. Outside a cluster people choose what follows, such as `workload.shop.cart`.
 */
export function isKeyOf(namespace: string, key: string): boolean {
  const start = `workload.${encodeKeyToken(namespace)}.`;
  return key.startsWith(start) && /^[\w=/-]+(\.[\w=/-]+)*$/.test(key.slice(start.length));
}

/** The namespace that a key belongs to; undefined for one that is no workload's. */
export function namespaceOfKey(key: string): string | undefined {
  const namespace = decodeKeyToken(key.split('.')[1] ?? '');
  return isKeyOf(namespace, key) ? namespace : undefined;
}

/** The workload, as `Kind/name`, that {@link workloadKey} made a key of; undefined for any other key. */
export function workloadOfKey(key: string): string | undefined {
  const [root, namespace, kind, name, variant, ...rest] = key.split('.');
  if (root !== 'workload' || namespace === undefined || kind === undefined || name === undefined)
    return undefined;
  return variant === undefined || rest.length > 0
    ? undefined
    : `${decodeKeyToken(kind)}/${decodeKeyToken(name)}`;
}

/** The key of a namespace's manifest, which names the current revision of each of its documents. */
export function manifestKey(namespace: string): string {
  return `manifest.${encodeKeyToken(namespace)}`;
}
