import { HeaderBlock } from '@culvert/proto';
import { ENDINGS, METHODS, RARE_HOST, RARE_MARK, STATUSES, thresholds } from './spread.ts';

/** Pods of each workload. */
const PODS = 3;

/** Tables of routes, made before anything is filled and dropped afterwards. */
export const CREATE_ROUTES = `CREATE SCHEMA bench;
  CREATE TABLE bench.routes (
    id int PRIMARY KEY, cluster text, namespace text, workload text, host text, name text, path text,
    log_ms float8
  )`;
export const INSERT_ROUTES = `INSERT INTO bench.routes
  SELECT ordinality - 1, route->>'cluster', route->>'namespace', route->>'workload', route->>'host',
    route->>'name', route->>'path', (route->>'logMs')::float8
  FROM jsonb_array_elements($1) WITH ORDINALITY AS given(route, ordinality)`;
export const DROP_ROUTES = 'DROP SCHEMA bench CASCADE';

/** The agents of all workloads, each heard of just now: one for each pod. */
export const INSERT_AGENTS = `INSERT INTO culvert.agents
    (agent_id, boot_id, cluster, namespace, workload, pod, node, role, version, first_seen, last_seen)
  SELECT pod, md5(pod)::uuid, cluster, namespace, workload, pod, 'node-' || number, 'capture', '0.1.0', now(), now()
  FROM (SELECT DISTINCT cluster, namespace, workload, name FROM bench.routes) AS workloads,
    generate_series(0, ${PODS - 1}) AS number, LATERAL (SELECT name || '-' || number AS pod) AS named`;
export const BEAT_AGENTS = 'UPDATE culvert.agents SET last_seen = now()';

const REQUEST_HEADERS = headerBlock({
  Host: 'orders.shop.svc.cluster.local:8080',
  'User-Agent': 'orders-client/2.14.1 (linux; x64)',
  Accept: 'application/json',
  'Accept-Encoding': 'gzip, deflate, br',
  'X-Request-Id': '6b7f2f39c8d54f6c9b0e7b1f9a4c1d22',
});
const RESPONSE_HEADERS = headerBlock({
  Date: 'Sat, 21 Nov 2026 08:00:00 GMT',
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
});

/**
 * Inserts exchanges of a span of time, in its order. Parameters: how many, the span's first and last Unix time in
 * milliseconds, and the thresholds of the routes' shares.
 */
export const INSERT_EXCHANGES = `WITH drawn AS (
    SELECT $2::float8 + (number - random()) * ($3::float8 - $2::float8) / $1::int AS ms,
      width_bucket(random(), $4::float8[]) AS route,
      ${drawn(METHODS, 'text')} AS method,
      ${drawn(STATUSES, 'int2')} AS status,
      ${drawn(ENDINGS, 'text')} AS ending,
      floor(random() * ${PODS})::int AS pod_number,
      floor(random() * 1000000)::int AS picked,
      random() < ${RARE_HOST.share} AS rare_host,
      random() < ${RARE_MARK.share} AS rare_mark,
      random_normal() AS deviation,
      gen_random_uuid()::text AS noise
    FROM generate_series(1, $1::int) AS number
  ), shaped AS (
    SELECT drawn.*, routes.*,
      name || '-' || pod_number AS pod,
      CASE WHEN rare_host THEN '${RARE_HOST.value}' ELSE routes.host END AS asked_host,
      replace(replace(routes.path, '{number}', picked::text), '{uuid}', noise)
        || CASE WHEN rare_mark THEN CASE WHEN routes.path LIKE '%?%' THEN '&' ELSE '?' END || '${RARE_MARK.value}' ELSE '' END AS asked_path,
      greatest(200, least(60000000, exp(log_ms + 0.9 * deviation) * 1000))::int8 AS us,
      ending IN ('OPEN', 'INCOMPLETE') AS unended,
      ending <> 'COMPLETE' AS answerless
    FROM drawn JOIN bench.routes AS routes ON routes.id = drawn.route
  )
  INSERT INTO culvert.http_transactions (
    request_id, agent_id, boot_id, cluster, namespace, workload, pod, node, received_at, started_at, method, scheme,
    host, path, url, http_version, peer_address, captured_port, traceparent, status, reason, response_http_version,
    first_byte_us, duration_us, outcome, request_body_bytes, response_body_bytes, request_captured_bytes,
    response_captured_bytes, request_truncated, response_truncated, request_headers, response_headers)
  SELECT
    (lpad(to_hex(floor(ms)::int8), 12, '0') || '7' || lpad(to_hex(floor((ms - floor(ms)) * 4096)::int), 3, '0')
      || '8' || right(replace(noise, '-', ''), 15))::uuid,
    pod,
    CASE ending WHEN 'INCOMPLETE' THEN md5(noise)::uuid ELSE md5(pod)::uuid END,
    cluster, namespace, workload, pod, 'node-' || pod_number,
    to_timestamp((ms + 30) / 1000), to_timestamp(ms / 1000),
    method, 'http', asked_host, asked_path, 'http://' || asked_host || asked_path, '1.1',
    '10.42.' || picked % 16 || '.' || picked % 250 || ':' || 32768 + picked % 20000, 8080,
    '00-' || replace(noise, '-', '') || '-00f067aa0ba902b7-01',
    CASE WHEN NOT answerless THEN status END,
    CASE WHEN NOT answerless THEN 'OK' END,
    CASE WHEN NOT answerless THEN '1.1' END,
    CASE WHEN NOT answerless THEN us * 7 / 10 END,
    CASE WHEN NOT unended THEN us END,
    CASE ending WHEN 'COMPLETE' THEN 1 WHEN 'CLIENT_ABORTED' THEN 2 WHEN 'UPSTREAM_ABORTED' THEN 3 END,
    0, CASE WHEN NOT unended THEN picked % 20000 END, 0, CASE WHEN NOT unended THEN picked % 20000 END,
    false, false, '\\x${REQUEST_HEADERS}'::bytea,
    CASE WHEN NOT answerless THEN '\\x${RESPONSE_HEADERS}'::bytea END
  FROM shaped`;

/** SQL that draws one of some values by their shares. */
function drawn(
  shares: readonly { readonly value: string | number; readonly share: number }[],
  type: string,
): string {
  const values = shares.map(({ value }) => `'${value}'`).join(',');
  return `(ARRAY[${values}]::${type}[])[1 + width_bucket(random(), ARRAY[${thresholds(shares).join(',')}]::float8[])]`;
}

function headerBlock(fields: Readonly<Record<string, string>>): string {
  const headers = Object.entries(fields).map(([name, value]) => ({
    name: Buffer.from(name),
    value: Buffer.from(value),
  }));
  return Buffer.from(HeaderBlock.encode({ headers }).finish()).toString('hex');
}
