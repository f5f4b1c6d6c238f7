/** What a set may hold, and how long it may wait for more once it holds something. */
export interface GatherLimits {
  readonly weight: number;
  readonly bytes: number;
  readonly waitMs: number;
}

/** Takes sets of messages from a source. */
export interface Gatherer<M> {
  /** The next set; empty when the source has ended. Throws what the source throws, once it holds nothing. */
  next(): Promise<readonly M[]>;
}

/**
 * Gathers messages into sets: a set ends when it is heavy enough or when the time since its first message is up.
 *
 * @param weigh what a message weighs and how many bytes it has
 */
export function createGatherer<M>(
  source: AsyncIterator<M, unknown>,
  limits: GatherLimits,
  weigh: (message: M) => { readonly weight: number; readonly bytes: number },
): Gatherer<M> {
  // Asked for and not here yet: it outlives the set that was waiting for it.
  let pending: Promise<IteratorResult<M, unknown>> | undefined;
  return {
    async next() {
      const set: M[] = [];
      let weight = 0;
      let bytes = 0;
      let timer: NodeJS.Timeout | undefined;
      let timeUp: Promise<undefined> | undefined;
      try {
        while (weight < limits.weight && bytes < limits.bytes) {
          pending ??= next(source);
          const result = await (timeUp === undefined ? pending : Promise.race([pending, timeUp]));
          if (result === undefined) break;
          pending = undefined;
          if (result.done === true) break;
          set.push(result.value);
          const weighed = weigh(result.value);
          weight += weighed.weight;
          bytes += weighed.bytes;
          timeUp ??= new Promise((resolve) => {
            timer = setTimeout(resolve, limits.waitMs, undefined);
          });
        }
      } catch (error) {
        // What was gathered is still good; the next call hears of the failure.
        if (set.length > 0) return set;
        pending = undefined;
        throw error;
      } finally {
        clearTimeout(timer);
      }
      return set;
    },
  };
}

/** It may fail while a set is being committed and nobody is waiting for it; who asks next hears of it. */
function next<M>(source: AsyncIterator<M, unknown>): Promise<IteratorResult<M, unknown>> {
  const result = source.next();
  result.catch(() => undefined);
  return result;
}
