import type { Logger } from '@culvert/runtime/log';
import { NO_LIMITS, type NamespaceLimits } from './inject/fit/namespace-limits.ts';
import type { KubernetesClient } from './kubernetes/client.ts';
import { limitsPath } from './kubernetes/paths.ts';
import type { Timers } from './queue/timers.ts';

/** How long an answer serves: the pods of a rollout come together. */
const FRESH_MS = 1_000;

/** Much less than the API server waits for the webhook. */
const PATIENCE_MS = 1_500;

/**
 * Reads what limits resources in a namespace. An API server that does not answer, or refuses, must not keep a pod from
 * being made: then nothing is known to limit them.
 */
export function readNamespaceLimits(
  client: Pick<KubernetesClient, 'get'>,
  timers: Timers,
  log: Logger,
): (namespace: string) => Promise<NamespaceLimits> {
  const known = new Map<string, Promise<NamespaceLimits>>();

  const list = async <T>(namespace: string, plural: string): Promise<readonly T[]> => {
    // From the API server's memory, as its own admission has them.
    const { items } = await client.get<{ readonly items: readonly T[] | null }>(
      limitsPath(namespace, plural),
      { resourceVersion: '0' },
    );
    return items ?? [];
  };
  const read = async (namespace: string): Promise<NamespaceLimits> => {
    const [ranges, quotas] = await Promise.all([
      list<NamespaceLimits['ranges'][number]>(namespace, 'limitranges'),
      list<NamespaceLimits['quotas'][number]>(namespace, 'resourcequotas'),
    ]);
    return { ranges, quotas };
  };
  const readInTime = (namespace: string): Promise<NamespaceLimits> =>
    new Promise((resolve) => {
      const giveUp = (error: unknown): void => {
        log.warn({ namespace, err: error }, 'LimitRanges and ResourceQuotas could not be read');
        resolve(NO_LIMITS);
      };
      const cancel = timers.after(PATIENCE_MS, () => {
        giveUp(new Error('the API server did not answer in time'));
      });
      read(namespace).then(resolve, giveUp).finally(cancel);
    });

  return (namespace) => {
    const before = known.get(namespace);
    if (before !== undefined) return before;
    const answer = readInTime(namespace);
    known.set(namespace, answer);
    timers.after(FRESH_MS, () => known.delete(namespace));
    return answer;
  };
}
