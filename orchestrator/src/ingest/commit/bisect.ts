import type pg from 'pg';
import { isRefusal } from '../../store/refusal.ts';

/** How a set of units gets to Postgres, and how it falls apart. */
export interface Bisection<U> {
  readonly write: (units: readonly U[]) => Promise<void>;
  /** Takes one unit apart, if it is made of several things. */
  readonly divide: (unit: U) => readonly [U, U] | undefined;
  /** Called for each unit that Postgres refuses on its own. */
  readonly refused: (unit: U, error: pg.DatabaseError) => void;
  /** Called whenever a set was refused and is cut in two. */
  readonly onSplit: () => void;
}

/**
 * Writes all units of a set that Postgres takes, within one transaction. A refused set is cut in halves until the
 * culprits stand alone: one culprit among n costs about 2·log₂ n more writes.
 */
export async function writeBisecting<U>(
  client: pg.ClientBase,
  units: readonly U[],
  bisection: Bisection<U>,
): Promise<void> {
  if (units.length === 0) return;
  const error = await attempt(client, () => bisection.write(units));
  if (error !== undefined) await writeHalves(client, units, error, bisection);
}

/** Writes a set that is known to be refused as a whole. */
async function writeHalves<U>(
  client: pg.ClientBase,
  units: readonly U[],
  error: pg.DatabaseError,
  bisection: Bisection<U>,
): Promise<void> {
  const halves = halve(units, bisection.divide);
  if (halves === undefined) {
    bisection.refused(units[0] as U, error);
    return;
  }
  bisection.onSplit();
  const [left, right] = halves;
  const fault = await attempt(client, () => bisection.write(left));
  if (fault !== undefined) {
    await writeHalves(client, left, fault, bisection);
    await writeBisecting(client, right, bisection);
  } else await writeHalves(client, right, error, bisection);
}

function halve<U>(
  units: readonly U[],
  divide: Bisection<U>['divide'],
): readonly [readonly U[], readonly U[]] | undefined {
  if (units.length > 1) {
    const middle = units.length >> 1;
    return [units.slice(0, middle), units.slice(middle)];
  }
  const parts = divide(units[0] as U);
  return parts === undefined ? undefined : [[parts[0]], [parts[1]]];
}

/** @returns what Postgres said if it refused; then everything is as it was before */
async function attempt(
  client: pg.ClientBase,
  write: () => Promise<void>,
): Promise<pg.DatabaseError | undefined> {
  await client.query('SAVEPOINT attempt');
  try {
    await write();
    await client.query('RELEASE SAVEPOINT attempt');
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT attempt');
    await client.query('RELEASE SAVEPOINT attempt');
    return error;
  }
}
