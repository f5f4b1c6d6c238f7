import { sql, type Kysely } from 'kysely';

/** Measurements of all agents are asked for newest first, which the primary key, led by the agent, can't answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX system_metrics_at ON culvert.system_metrics (at, agent_id)`.execute(db);
}
