import type { EventKind } from '@culvert/proto';
import { EventKind as Kind } from '@culvert/proto';
import { decodeSubjectToken, type SubjectOwner } from '@culvert/traffic/subject';

const KINDS: Readonly<Record<string, EventKind>> = {
  exchange: Kind.EVENT_KIND_EXCHANGE,
  body: Kind.EVENT_KIND_BODY,
  frame: Kind.EVENT_KIND_FRAME,
  metrics: Kind.EVENT_KIND_UNSPECIFIED,
};

/** Who may publish on a subject, and what. */
export interface SubjectMeaning {
  readonly owner: SubjectOwner;
  readonly kind: EventKind;
}

/**
 * Reads `culvert.<kind>.<cluster>.<namespace>.<agent>`. The subject is what an agent's credentials are bound to, so
 * it says who has spoken, whatever the message claims.
 *
 * @returns undefined for any other subject
 */
export function readSubject(subject: string): SubjectMeaning | undefined {
  const [root, kind, cluster, namespace, agentId, ...rest] = subject.split('.');
  if (root !== 'culvert' || kind === undefined || KINDS[kind] === undefined || rest.length > 0)
    return undefined;
  if (cluster === undefined || namespace === undefined || agentId === undefined) return undefined;
  return {
    kind: KINDS[kind],
    owner: {
      cluster: decodeSubjectToken(cluster),
      namespace: decodeSubjectToken(namespace),
      agentId: decodeSubjectToken(agentId),
    },
  };
}
