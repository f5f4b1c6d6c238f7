/** How many of the newest exchanges have large bodies. */
const EXCHANGES = 100;
const CHUNKS = 4;
const CHUNK_BYTES = 256 * 1024;

const NEWEST = `(SELECT request_id FROM culvert.http_transactions ORDER BY request_id DESC LIMIT ${EXCHANGES})`;

/** Says of the newest exchanges that their answers had 1 MiB. */
export const CLAIM_BODIES = `UPDATE culvert.http_transactions
  SET response_body_bytes = ${CHUNKS * CHUNK_BYTES}, response_captured_bytes = ${CHUNKS * CHUNK_BYTES}
  WHERE request_id IN ${NEWEST}`;

/** Stores those answers. */
export const INSERT_BODIES = `INSERT INTO culvert.http_bodies
    (request_id, direction, chunk_offset, chunk_bytes, last, encoding, agent_id, data)
  SELECT request_id, 2, chunk * ${CHUNK_BYTES}, ${CHUNK_BYTES}, chunk = ${CHUNKS - 1}, 1, agent_id,
    decode(repeat(md5(request_id::text || chunk), ${CHUNK_BYTES / 16}), 'hex')
  FROM culvert.http_transactions, generate_series(0, ${CHUNKS - 1}) AS chunk
  WHERE request_id IN ${NEWEST}`;
