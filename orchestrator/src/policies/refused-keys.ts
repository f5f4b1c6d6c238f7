import { encodeKeyToken, isKeyOf } from '@culvert/policy/keys';
import type { SubjectOwner } from '@culvert/traffic/subject';

/** Why a key that an agent names is not served; stable, because metrics and logs carry it. */
export const KEY_REFUSALS = ['foreign_key', 'key_too_long', 'operator_owns'] as const;

/** A key that is not served, with what to do about it. */
export interface KeyRefusal {
  readonly code: (typeof KEY_REFUSALS)[number];
  readonly owner: Pick<SubjectOwner, 'namespace' | 'agentId'>;
  readonly sentence: string;
}

/** Keys become subjects, and NATS ends connections on which a line is longer than 4096 bytes. */
const LONGEST_KEY = 1_024;
/** So much of a key is told. */
const LONGEST_TOLD = 200;

/**
 * Whether an agent may name a key: a namespace has the keys `workload.<namespace>.…` and no others. With any other key,
 * the document for this agent would overwrite what others are told, their redaction included.
 *
 * @param owner whose the subject is that the heartbeat came by
 * @returns undefined for a key that is served
 */
export function refuseKey(owner: SubjectOwner, key: string): KeyRefusal | undefined {
  const told = `agent ${quote(owner.agentId)} of namespace ${quote(owner.namespace)} names the key ${quote(key)}`;
  if (key.length > LONGEST_KEY)
    return {
      code: 'key_too_long',
      owner,
      sentence: `${told}…, which has ${key.length} characters: give it a CULVERT_CONFIG_KEY of at most ${LONGEST_KEY}`,
    };
  if (isKeyOf(owner.namespace, key)) return undefined;
  return {
    code: 'foreign_key',
    owner,
    sentence: `${told}, which is none of its namespace: give it a CULVERT_CONFIG_KEY that begins with workload.${encodeKeyToken(owner.namespace)}. and goes on, for example workload.${encodeKeyToken(owner.namespace)}.${encodeKeyToken(owner.agentId)}`,
  };
}

/**
 * Refuses the keys of a namespace that an operator works for.
 *
 * @param manifest the key by which it can be told
 */
export function refuseOperated(
  owner: { readonly namespace: string; readonly key: string },
  manifest: string,
): KeyRefusal {
  const { namespace, key } = owner;
  return {
    code: 'operator_owns',
    owner: { namespace, agentId: '' },
    sentence: `the key ${quote(key)} is not written: an operator writes the documents of namespace ${quote(namespace)}, as ${manifest} in the bucket says. Give agents outside its cluster a CULVERT_NAMESPACE of their own; if the operator is gone for good, delete ${manifest}`,
  };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, LONGEST_TOLD));
}
