import { GraphQLError } from 'graphql';
import pg from 'pg';
import type { StatsQuestion } from './stats-reader.ts';

const CANCELLED = '57014';

/**
 * Runs what reads counts; when it takes too long, says what to ask for instead.
 *
 * @param limitMs what one statement may take
 * @throws GraphQLError `STORE_TIMEOUT`; anything else as it came
 */
export async function withinStatsTime<T>(
  question: StatsQuestion,
  limitMs: number,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== CANCELLED) throw error;
    const advice = {
      ...(question.range.bucketMs !== undefined && { bucket: 'take longer buckets by bucket' }),
      ...(question.groupBy.length > 0 && { groupBy: 'group by less in groupBy' }),
      since: 'narrow the time by since and until',
    };
    throw new GraphQLError(
      `The store took longer than ${limitMs} ms: ${Object.values(advice).join(', or ')}.`,
      {
        extensions: {
          code: 'STORE_TIMEOUT',
          argument: Object.keys(advice)[0],
          narrow: Object.keys(advice),
          allowed: limitMs,
        },
        originalError: error,
      },
    );
  }
}
