/** What the transports of subscriptions are bounded by. */
export interface TransportLimits {
  /** Over all transports of the process; as many WebSockets may be open. */
  readonly maxSubscriptions: number;
  readonly maxSocketOperations: number;
  /** How often an idle stream or socket carries a sign of life. */
  readonly keepAliveMs: number;
  /** How long a new WebSocket may take to say who it is. */
  readonly initTimeoutMs: number;
}

export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  maxSubscriptions: 500,
  maxSocketOperations: 50,
  keepAliveMs: 10_000,
  initTimeoutMs: 5_000,
};
