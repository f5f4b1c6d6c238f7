import type { Children } from './children.ts';
import type { BenchConfig } from './config.ts';

/** What every part of the bench works with. */
export interface Bench {
  readonly config: BenchConfig;
  /** The checkout. */
  readonly root: string;
  /** For data and logs of this run; removed at its end. */
  readonly workDirectory: string;
  /** Installed peers and tools, kept between runs, outside the checkout. */
  readonly cacheDirectory: string;
  readonly children: Children;
  /** Tells the person who watches how far it is. */
  readonly progress: (line: string) => void;
}
