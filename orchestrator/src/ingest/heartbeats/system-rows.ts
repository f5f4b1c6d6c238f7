import type pg from 'pg';
import { unixMs, type ReadHeartbeat } from './read-heartbeat.ts';

const COLUMNS = {
  cpu_system_percent: 'float8',
  cpu_process_percent: 'float8',
  memory_used_bytes: 'int8',
  memory_total_bytes: 'int8',
  memory_process_bytes: 'int8',
  network_rx_bytes_per_second: 'float8',
  network_tx_bytes_per_second: 'float8',
  disk_read_bytes_per_second: 'float8',
  disk_write_bytes_per_second: 'float8',
  disk_available_bytes: 'int8',
} as const;
const LIST = `agent_id, at, cluster, namespace, ${Object.keys(COLUMNS).join(', ')}`;
const TYPED = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

const INSERT = `INSERT INTO culvert.system_metrics (${LIST})
  SELECT ${LIST} FROM jsonb_to_recordset($1)
    AS row (agent_id text, at timestamptz, cluster text, namespace text, ${TYPED})
  ORDER BY agent_id, at
  ON CONFLICT DO NOTHING`;

/** When the system metrics of a heartbeat were taken, in Unix milliseconds; undefined when it has none. */
export function systemMetricsTime({ message, at }: ReadHeartbeat): number | undefined {
  if (message.system === undefined) return undefined;
  return message.system.at === undefined ? at : unixMs(message.system.at);
}

/**
 * Writes the system metrics that came with heartbeats, except those of hours that are no longer kept.
 *
 * @param keptSince Unix time in milliseconds
 */
export async function insertSystemMetrics(
  client: pg.ClientBase,
  heartbeats: readonly ReadHeartbeat[],
  keptSince: number,
): Promise<void> {
  const rows = heartbeats.flatMap((heartbeat) => {
    const { system } = heartbeat.message;
    const at = systemMetricsTime(heartbeat);
    if (system === undefined || at === undefined || at < keptSince) return [];
    const { owner } = heartbeat;
    return {
      agent_id: owner.agentId,
      at: new Date(at).toISOString(),
      cluster: owner.cluster,
      namespace: owner.namespace,
      cpu_system_percent: system.cpuSystemPercent,
      cpu_process_percent: system.cpuProcessPercent,
      memory_used_bytes: system.memoryUsedBytes,
      memory_total_bytes: system.memoryTotalBytes,
      memory_process_bytes: system.memoryProcessBytes,
      network_rx_bytes_per_second: system.networkRxBytesPerSecond,
      network_tx_bytes_per_second: system.networkTxBytesPerSecond,
      disk_read_bytes_per_second: system.diskReadBytesPerSecond,
      disk_write_bytes_per_second: system.diskWriteBytesPerSecond,
      disk_available_bytes: system.diskAvailableBytes,
    };
  });
  if (rows.length > 0) await client.query(INSERT, [JSON.stringify(rows)]);
}
