import type { EventKind } from '@culvert/proto';
import { EventKind as Kind } from '@culvert/proto';
import { readAgentSubject, type SubjectOwner } from '@culvert/traffic/subject';

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
 * Reads the subject of a batch or a heartbeat.
 *
 * @returns undefined for any other subject
 */
export function readSubject(subject: string): SubjectMeaning | undefined {
  const read = readAgentSubject(subject);
  const kind = read === undefined ? undefined : KINDS[read.kind];
  return read === undefined || kind === undefined ? undefined : { kind, owner: read.owner };
}
