import type pg from 'pg';
import type { NatsLink } from '../nats-link.ts';
import type { StorePreparation } from '../store-preparation.ts';
import type { Dependency } from './report.ts';

/** Postgres works when it answers and its tables are up to date. */
export function postgresDependency(pool: pg.Pool, preparation: StorePreparation): Dependency {
  return {
    name: 'postgres',
    probe: async () => {
      const { rows } = await pool.query<{ version: string }>(
        `SELECT current_setting('server_version') AS version`,
      );
      return { problem: preparation.problem(), version: rows[0]?.version };
    },
  };
}

/** NATS works when the connection is up and answers. */
export function natsDependency(link: NatsLink): Dependency {
  return {
    name: 'nats',
    probe: async () => {
      const connection = link.current();
      if (connection === undefined) return { problem: link.problem() };
      await connection.rtt();
      return { problem: undefined, version: connection.info?.version };
    },
  };
}
