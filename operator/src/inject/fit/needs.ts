import type { Need } from './choose.ts';

const MEBIBYTE = 2 ** 20;

/** CPU of a container whose limit must be named: some 300 requests a second. */
export const ENOUGH_CPU_TEXT = '200m';

const CPU: Need = { least: 0.05, enough: 0.2, step: 0.001 };
const STORAGE: Need = { least: 16 * MEBIBYTE, enough: 64 * MEBIBYTE, step: 1 };

/** What the sidecar can run with, by resource: at rest it takes 35 MiB, with a full spool 100. */
export const SIDECAR_NEEDS: Readonly<Record<string, Need>> = {
  cpu: CPU,
  memory: { least: 96 * MEBIBYTE, enough: 128 * MEBIBYTE, step: 1 },
  'ephemeral-storage': STORAGE,
};

/** What the container that redirects ports can run with. */
export const REDIRECT_NEEDS: Readonly<Record<string, Need>> = {
  cpu: CPU,
  memory: { least: 48 * MEBIBYTE, enough: 64 * MEBIBYTE, step: 1 },
  'ephemeral-storage': STORAGE,
};
