/** The header of a message that comes back from the dead letters. */
export const REQUEUED_HEADER = 'Culvert-Dead-Letter';

/** The letter that a message comes back from. */
export interface RequeuedLetter {
  readonly id: string;
  /** A UUID that only the letter's row holds: no agent can speak for a letter. */
  readonly token: string;
}

/** Writes the header's value. */
export function formatRequeued({ id, token }: RequeuedLetter): string {
  return `${id}/${token}`;
}

/** The letter that a delivered message comes back from; undefined for one that comes for the first time. */
export function readRequeued(delivery: {
  readonly header: (name: string) => string;
}): RequeuedLetter | undefined {
  const found = /^([1-9]\d{0,17})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    delivery.header(REQUEUED_HEADER),
  );
  return found?.[1] === undefined || found[2] === undefined ? undefined : { id: found[1], token: found[2] };
}
