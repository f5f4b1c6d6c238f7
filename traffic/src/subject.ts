/**
 * NATS subjects. Each token is encoded, because names of namespaces, pods and agents may contain dots, which
 * separate tokens, and `*` and `>`, which are wildcards.
 */

/** What travels on a subject of its own. */
export type SubjectKind = 'exchange' | 'body' | 'frame' | 'metrics' | 'acknowledge';

/** Whose subjects. */
export interface SubjectOwner {
  readonly cluster: string;
  readonly namespace: string;
  readonly agentId: string;
}

const ENCODER = new TextEncoder();

/**
 * Encodes one subject token: bytes outside `A–Z a–z 0–9 _ -` become `~` and two upper-case hex digits; the empty
 * text becomes a lone `~`, because a token can't be empty.
 */
export function encodeSubjectToken(text: string): string {
  if (text === '') return '~';
  let token = '';
  for (const byte of ENCODER.encode(text)) {
    const character = String.fromCharCode(byte);
    token += /[A-Za-z0-9_-]/.test(character)
      ? character
      : `~${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** Reverses {@link encodeSubjectToken}. Bytes that are not UTF-8 come back as U+FFFD. */
export function decodeSubjectToken(token: string): string {
  if (token === '~') return '';
  const bytes: number[] = [];
  for (let i = 0; i < token.length; i++) {
    if (token[i] === '~') {
      bytes.push(Number.parseInt(token.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(token.charCodeAt(i));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/**
 * Reads `culvert.<kind>.<cluster>.<namespace>.<agent>`. Credentials are bound to subjects, so a subject says who has
 * spoken, whatever the message claims.
 *
 * @returns undefined for any other subject; the kind is whatever stands there
 */
export function readAgentSubject(
  subject: string,
): { readonly kind: string; readonly owner: SubjectOwner } | undefined {
  const [root, kind, cluster, namespace, agentId, ...rest] = subject.split('.');
  if (root !== 'culvert' || kind === undefined || rest.length > 0) return undefined;
  if (cluster === undefined || namespace === undefined || agentId === undefined) return undefined;
  return {
    kind,
    owner: {
      cluster: decodeSubjectToken(cluster),
      namespace: decodeSubjectToken(namespace),
      agentId: decodeSubjectToken(agentId),
    },
  };
}

/** The subject `culvert.<kind>.<cluster>.<namespace>.<agent>`. */
export function agentSubject(kind: SubjectKind, owner: SubjectOwner): string {
  const tokens = [owner.cluster, owner.namespace, owner.agentId].map(encodeSubjectToken);
  return `culvert.${kind}.${tokens.join('.')}`;
}
