import type { ModeSetting } from './facts.ts';

/** The first version whose Services find the port names of sidecars. */
const MAJOR = 1;
const MINOR = 32;

/** What the API server says at `/version`. */
export interface ServerVersion {
  /** `1` */
  readonly major: string;
  /** `34`, or `34+` where a distribution adds something. */
  readonly minor: string;
}

/**
 * What `auto` means on a cluster. Where the version is not known, names stay where they are: moving one would take an
 * application off its Service on clusters before 1.32.
 */
export function modeOnCluster(setting: ModeSetting, version: ServerVersion | undefined): ModeSetting {
  if (setting !== 'auto') return setting;
  const major = Number.parseInt(version?.major ?? '', 10);
  const minor = Number.parseInt(version?.minor ?? '', 10);
  const finds = major > MAJOR || (major === MAJOR && minor >= MINOR);
  return finds ? 'auto' : 'RedirectOnly';
}
