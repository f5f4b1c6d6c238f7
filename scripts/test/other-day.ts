import { join } from 'node:path';
import { parseInstant } from '../../runtime/src/instant.ts';

const PRELOADED = join(import.meta.dirname, 'clock-shift.ts');
const DAY_MS = 86_400_000;

/**
 * Tests that look at the date: of recordings, partitions, certificates, cookies, or as a person reads it. They run a second
 * time on another day. They are quick.
 */
export const DATED: readonly string[] = [
  'cli/src/output/golden.test.ts',
  'cli/src/output/har/log.test.ts',
  'cli/src/values/values.test.ts',
  'operator/src/certificates/managed.test.ts',
  'orchestrator/src/query/scalars.test.ts',
  'orchestrator/src/query/stats-range.test.ts',
  'orchestrator/src/query/transaction-windows.test.ts',
  'orchestrator/src/store/schema-life.test.ts',
  'orchestrator/src/store/store.test.ts',
];

/** When and where tests believe they run. */
export interface Place {
  /** The wall clock when a file begins, in Unix milliseconds. */
  readonly at: (now: number) => number;
  /** A name of the time zone database, such as `Europe/Berlin`. */
  readonly zone: string;
}

/** More than a year ahead, where clocks are set forward and back. */
export const OTHER_DAY: Place = { at: (now) => now + 400 * DAY_MS, zone: 'America/New_York' };

/**
 * The place that `TEST_CLOCK` and `TZ` name, for a run of all tests there; undefined without `TEST_CLOCK`.
 *
 * @throws Error when it is no instant
 */
export function placeOf(environment: NodeJS.ProcessEnv): Place | undefined {
  const text = environment['TEST_CLOCK'] ?? '';
  if (text === '') return undefined;
  const at = parseInstant(text);
  if (Number.isNaN(at))
    throw new Error(
      `TEST_CLOCK must be an instant such as 2027-12-31T23:59:50Z, not ${JSON.stringify(text)}`,
    );
  return { at: () => at, zone: environment['TZ'] ?? 'UTC' };
}

/** The environment that sets the clock of a test file, and of every Node process that it starts. */
export function environmentAt(place: Place, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // A test of this file runs where the clock has been moved already.
  const now = Date.now() - Number(environment['TEST_CLOCK_SHIFT_MS'] ?? '0');
  return {
    ...environment,
    NODE_OPTIONS: `${environment['NODE_OPTIONS'] ?? ''} --import=${PRELOADED}`.trim(),
    TEST_CLOCK_SHIFT_MS: String(Math.round(place.at(now) - now)),
    TZ: place.zone,
  };
}
