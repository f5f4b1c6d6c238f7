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

/** The key of a namespace's manifest, which names the current revision of each of its documents. */
export function manifestKey(namespace: string): string {
  return `manifest.${encodeKeyToken(namespace)}`;
}
