import type { Wanted } from './wanted.ts';

/** A Secret to be made; values are plain text. */
export interface NewSecret {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

/** What is to be done about Secrets. */
export interface SecretPlan {
  readonly make: readonly NewSecret[];
  /** Names of those that stay as they are. */
  readonly keep: readonly string[];
  /** A sentence for each that is there and can't be used. */
  readonly problems: readonly string[];
}

/**
 * Plans which Secrets to make. One that exists is never changed: others hold its values already, Postgres' data
 * directory its password.
 *
 * @param existing the keys of each Secret that exists
 * @param random makes an unguessable text
 */
export function planSecrets(
  wanted: Wanted,
  existing: ReadonlyMap<string, readonly string[]>,
  random: () => string,
): SecretPlan {
  const make: NewSecret[] = [];
  const keep: string[] = [];
  const problems: string[] = [];
  for (const { name, fixed, random: made } of wanted.secrets) {
    const keys = existing.get(name);
    if (keys === undefined) {
      const values = { ...fixed, ...Object.fromEntries(made.map((key) => [key, random()])) };
      make.push({ name, labels: wanted.labels, values });
      continue;
    }
    const missing = [...Object.keys(fixed), ...made].filter((key) => !keys.includes(key));
    if (missing.length === 0) keep.push(name);
    else
      problems.push(
        `Secret ${name} exists, but without ${missing.join(', ')}: add what is missing, or delete it so that it is made again`,
      );
  }
  return { make, keep, problems };
}
