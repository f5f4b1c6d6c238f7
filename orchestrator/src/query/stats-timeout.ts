import { GraphQLError } from 'graphql';
import { isCancelled } from './store-fault.ts';
import type { StatsQuestion } from './stats-reader.ts';

/**
 * Runs what reads counts; when it takes too long, says what to ask for instead.
 *
 * @throws GraphQLError `STORE_TIMEOUT`; anything else as it came
 */
export async function withinStatsTime<T>(question: StatsQuestion, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isCancelled(error)) throw error;
    const advice = {
      ...(question.range.bucketMs !== undefined && { bucket: 'take longer buckets by bucket' }),
      ...(question.groupBy.length > 0 && { groupBy: 'group by less in groupBy' }),
      since: 'narrow the time by since and until',
    };
    throw new GraphQLError(`The store took too long: ${Object.values(advice).join(', or ')}.`, {
      extensions: {
        code: 'STORE_TIMEOUT',
        argument: Object.keys(advice)[0],
        narrow: Object.keys(advice),
      },
      originalError: error,
    });
  }
}
