/** The headers that carry a batch's key and its trace on NATS. */
export const BATCH_HEADERS = {
  agent: 'Culvert-Agent',
  boot: 'Culvert-Boot',
  kind: 'Culvert-Kind',
  firstSequence: 'Culvert-First-Sequence',
  count: 'Culvert-Count',
  /** Unix time in milliseconds, with fraction, of the first attempt to publish. */
  publishedAt: 'Culvert-Published-At',
  /** W3C trace context of the publication. */
  traceparent: 'traceparent',
  /** JetStream's own: saves work within the stream's duplicate window. */
  messageId: 'Nats-Msg-Id',
} as const;

/** What makes a batch unique: two batches with this in common are one. */
export interface BatchKey {
  readonly agentId: string;
  /** 32 lower-case hex digits. */
  readonly bootId: string;
  /** The number of the EventKind. */
  readonly kind: number;
  readonly firstSequence: number;
  readonly count: number;
}

/** A batch key as one text, for `Nats-Msg-Id` and logs. */
export function formatBatchKey(key: BatchKey): string {
  return `${key.agentId}/${key.bootId}/${key.kind}/${key.firstSequence}/${key.count}`;
}
