import { Direction, HeaderBlock, Outcome } from '@culvert/proto';
import { createRequestIdMinter } from '@culvert/traffic/request-id';
import { FIRST_HOUR } from './store.ts';

type Row = Readonly<Record<string, unknown>>;

/** The boot of the agents and exchanges made here. */
export const BOOT = '11111111-1111-4111-8111-111111111111';

const mint = createRequestIdMinter();

/** A request id of a moment so many milliseconds after {@link FIRST_HOUR}. */
export function requestIdAt(milliseconds: number): string {
  return mint(FIRST_HOUR + milliseconds);
}

/** A row of `http_transactions`: a complete exchange, unless told otherwise. */
export function exchangeRow(requestId: string, more: Row = {}): Row {
  return {
    request_id: requestId,
    agent_id: 'agent-1',
    boot_id: BOOT,
    cluster: 'local',
    namespace: 'shop',
    workload: 'Deployment/cart',
    pod: 'cart-1',
    node: 'node-1',
    received_at: new Date(FIRST_HOUR + 1_000),
    started_at: new Date(FIRST_HOUR + 123),
    method: 'POST',
    scheme: 'http',
    host: 'cart.local',
    path: '/items?id=1',
    url: 'http://cart.local/items?id=1',
    http_version: '1.1',
    peer_address: '127.0.0.1:5000',
    captured_port: 8082,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    status: 201,
    first_byte_us: 1_234,
    duration_us: 5_678,
    outcome: Outcome.OUTCOME_COMPLETE,
    request_body_bytes: 5,
    response_body_bytes: 2,
    request_captured_bytes: 5,
    response_captured_bytes: 2,
    request_truncated: false,
    response_truncated: false,
    request_headers: headerBlock([['Host', 'cart.local']]),
    response_headers: headerBlock([['Content-Length', '2']]),
    ...more,
  };
}

/** Header fields as they rest in Postgres. */
export function headerBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const headers = fields.map(([name, value]) => ({
    name: Buffer.from(name, 'latin1'),
    value: Buffer.from(value, 'latin1'),
  }));
  return Buffer.from(HeaderBlock.encode({ headers }).finish());
}

/** A row of `http_bodies`. */
export function chunkRow(requestId: string, side: 'request' | 'response', text: string, more: Row = {}): Row {
  return {
    request_id: requestId,
    direction: side === 'request' ? Direction.DIRECTION_REQUEST : Direction.DIRECTION_RESPONSE,
    chunk_offset: 0,
    chunk_bytes: text.length,
    last: true,
    encoding: 1,
    agent_id: 'agent-1',
    data: Buffer.from(text),
    ...more,
  };
}

/** A row of `agents`. */
export function agentRow(lastSeen: number, more: Row = {}): Row {
  return {
    agent_id: 'agent-1',
    boot_id: BOOT,
    cluster: 'local',
    namespace: 'shop',
    workload: 'Deployment/cart',
    pod: 'cart-1',
    node: 'node-1',
    role: 'capture',
    version: '0.1.0',
    config_revision: null,
    first_seen: new Date(FIRST_HOUR),
    last_seen: new Date(lastSeen),
    ...more,
  };
}
