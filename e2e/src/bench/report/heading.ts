import type { Versions } from '../versions.ts';
import { yardstickSentence, type Yardstick } from '../yardstick.ts';
import { percent } from './numbers.ts';

/** Where and when a suite ran, as it stands above its results. */
export interface Setting {
  readonly date: Date;
  readonly machine: string;
  readonly versions: Versions;
  /** How busy both cores were with other things right before. */
  readonly busyBefore: number;
  /** What the suite was told, such as `7 runs of 4 s`. */
  readonly parameters: string;
  readonly yardstick: Yardstick;
}

/** One paragraph. */
export function headingMarkdown(setting: Setting): string {
  const versions = Object.entries(setting.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  return (
    `Measured on ${setting.date.toISOString().slice(0, 10)}, ${setting.parameters}, on ${setting.machine}; ` +
    `${percent(setting.busyBefore, 1)} of both cores were in use before. Versions: ${versions}. ` +
    yardstickSentence(setting.yardstick)
  );
}
