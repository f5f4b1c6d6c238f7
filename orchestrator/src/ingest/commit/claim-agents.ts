import type pg from 'pg';
import type { SubjectOwner } from '@culvert/traffic/subject';
import { readAgentOwners } from '../agent-owners.ts';
import { foreignLetter, type DeadLetter } from '../dead-letter.ts';
import { readSubject } from '../decode/owner.ts';
import type { BatchPlan } from '../plan.ts';
import { insertUnknownAgents } from './agents.ts';

/** Batches and letters of a set, by who may use the ids of their agents. */
export interface Claimed {
  readonly plans: readonly BatchPlan[];
  readonly repeated: readonly BatchPlan[];
  readonly letters: readonly DeadLetter[];
}

/**
 * Sets aside the batches that use the id of an agent of another namespace, before anything is written by that id, and
 * takes what is in nobody's name out of the books. An id that is free belongs to the namespace of the batch from now on.
 *
 * @param now Unix time in milliseconds
 */
export async function claimAgents(client: pg.ClientBase, set: Claimed, now: number): Promise<Claimed> {
  const ofLetters = set.letters.map((letter) => readSubject(letter.subject)?.owner);
  const claims = [...set.plans.map(claimOf), ...ofLetters.filter((owner) => owner !== undefined)];
  let owners = await readAgentOwners(client, claims, now);
  const free = set.plans.filter((plan) => owners.isFree(claimOf(plan)));
  if (free.length > 0) {
    await insertUnknownAgents(client, free, now);
    owners = await readAgentOwners(client, claims, now);
  }
  const isOwn = (plan: BatchPlan): boolean => owners.fault(claimOf(plan)) === undefined;
  return {
    plans: set.plans.filter(isOwn),
    repeated: set.repeated.filter(isOwn),
    letters: [
      ...set.letters.map((letter, index) => {
        const owner = ofLetters[index];
        return owner === undefined || owners.fault(owner) === undefined ? letter : foreignLetter(letter);
      }),
      ...[...set.plans, ...set.repeated].flatMap((plan) => {
        const fault = owners.fault(claimOf(plan));
        return fault === undefined ? [] : foreignBatch(plan, fault);
      }),
    ],
  };
}

function claimOf({ batch }: BatchPlan): SubjectOwner {
  const { cluster, namespace } = batch.identity;
  return { cluster, namespace, agentId: batch.key.agentId };
}

function foreignBatch(plan: BatchPlan, detail: string): DeadLetter {
  const { batch, requeued, streamSequence } = plan;
  return foreignLetter({
    key: batch.key,
    eventIndex: -1,
    reason: 'foreign_agent',
    detail,
    measure: 0,
    subject: batch.subject,
    payload: batch.bytes,
    requeued,
    streamSequence,
  });
}
