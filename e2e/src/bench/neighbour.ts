import { join } from 'node:path';
import type { Stoppable } from './children.ts';
import type { Bench } from './context.ts';

const PROGRAM = join(import.meta.dirname, 'programs', 'cache-thrasher.ts');
/** Ends by itself after that, whatever becomes of the bench. */
const LONGEST_SECONDS = 1_800;

/** Starts a neighbour on each core that spoils its caches all the while, as other people's programs may. */
export async function startNeighbour(bench: Bench): Promise<Stoppable> {
  const children = await Promise.all(
    (['other', 'measured'] as const).map((core) =>
      bench.children.start({
        name: `neighbour-${core}`,
        core,
        command: [process.execPath, PROGRAM, String(LONGEST_SECONDS)],
      }),
    ),
  );
  return {
    stop: async () => {
      for (const child of children) await bench.children.stop(child);
    },
  };
}
