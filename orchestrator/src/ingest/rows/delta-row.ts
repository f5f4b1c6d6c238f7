import { encodeLatencies } from '../../rollups/delta.ts';
import type { TalliedDelta } from '../../rollups/tally.ts';
import type { CopyBuffer } from '../../store/copy-buffer.ts';

export const COPY_DELTAS = `COPY culvert.http_rollup_deltas
  (minute, cluster, namespace, workload, method, path_template, status_class, count, errors, request_bytes,
   response_bytes, latencies) FROM STDIN (FORMAT binary)`;

const COLUMNS = 12;

/** Writes one row of `http_rollup_deltas`. */
export function writeDeltaRow(rows: CopyBuffer, { minute, series, delta }: TalliedDelta): void {
  rows.row(COLUMNS);
  rows.time(minute * 1_000);
  rows.text(series.cluster);
  rows.text(series.namespace);
  rows.text(series.workload);
  rows.text(series.method);
  rows.text(series.pathTemplate);
  rows.int2(series.statusClass);
  rows.int8(delta.count);
  rows.int8(delta.errors);
  rows.float8(delta.requestBytes);
  rows.float8(delta.responseBytes);
  rows.bytes(encodeLatencies(delta));
}
