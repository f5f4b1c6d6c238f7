import { checkCount } from './count-argument.ts';
import type { Database } from './database.ts';
import type { SystemMetrics } from './system-metrics.ts';

/** How many measurements a query gets unless it says so, and how many it can get. */
export const DEFAULT_MEASUREMENTS = 60;
export const MOST_MEASUREMENTS = 500;

/**
 * Reads the newest measurements, newest first, of one agent or of all: either way Postgres walks an index from the
 * newest partition backwards and stops after `limit` rows.
 *
 * @throws GraphQLError `BAD_USER_INPUT` when the limit is out of range
 */
export async function readSystemMetrics(
  db: Database,
  agentId: string | undefined,
  limit: number,
): Promise<SystemMetrics[]> {
  checkCount('limit', limit, MOST_MEASUREMENTS);
  // Postgres would refuse a text with NUL; no agent has one.
  if (agentId?.includes('\0') === true) return [];
  let query = db
    .selectFrom('culvert.system_metrics')
    .select([
      'agent_id as agentId',
      'at',
      'cpu_system_percent as cpuSystemPercent',
      'cpu_process_percent as cpuProcessPercent',
      'memory_used_bytes as memoryUsedBytes',
      'memory_total_bytes as memoryTotalBytes',
      'memory_process_bytes as memoryProcessBytes',
      'network_rx_bytes_per_second as networkRxBytesPerSecond',
      'network_tx_bytes_per_second as networkTxBytesPerSecond',
      'disk_read_bytes_per_second as diskReadBytesPerSecond',
      'disk_write_bytes_per_second as diskWriteBytesPerSecond',
      'disk_available_bytes as diskAvailableBytes',
    ])
    .orderBy('at', 'desc')
    .orderBy('agent_id', 'desc')
    .limit(limit);
  if (agentId !== undefined) query = query.where('agent_id', '=', agentId);
  return query.execute();
}
