import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/** A statement that has run. */
export interface Statement {
  readonly sql: string;
  readonly milliseconds: number;
}

/**
 * Puts typed queries on a pool.
 *
 * @param onStatement is told each statement after it ran, without its parameters
 */
export function createDatabase(pool: pg.Pool, onStatement?: (statement: Statement) => void): Database {
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => {
      onStatement?.({ sql: event.query.sql, milliseconds: event.queryDurationMillis });
    },
  });
}
