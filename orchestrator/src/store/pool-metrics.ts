import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import type { RolePools } from '../role-pools.ts';

/** Registers how the connections to Postgres are used. @param pools by the names of who uses them */
export function createPoolMetrics(registry: Registry, pools: RolePools): void {
  const gauge = (name: string, help: string, read: (pool: pg.Pool) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['pool'],
      registers: [registry],
      collect() {
        for (const [pool, of] of Object.entries(pools) as [string, pg.Pool][]) this.set({ pool }, read(of));
      },
    });
  };
  gauge(
    'culvert_postgres_connections',
    'Connections to Postgres, idle ones included.',
    (pool) => pool.totalCount,
  );
  gauge(
    'culvert_postgres_idle_connections',
    'Connections to Postgres that nobody uses.',
    (pool) => pool.idleCount,
  );
  gauge(
    'culvert_postgres_max_connections',
    'How many connections the pool may open.',
    (pool) => pool.options.max,
  );
  gauge(
    'culvert_postgres_waiting',
    'How many wait for a connection to Postgres.',
    (pool) => pool.waitingCount,
  );
}
