import type { JsMsg } from '@nats-io/jetstream';

/** A message as it was published. */
export interface RecordedBatch {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** base64. */
  readonly data: string;
}

/** A message of a stream as it is recorded. */
export function recorded(message: JsMsg): RecordedBatch {
  const headers = message.headers;
  return {
    subject: message.subject,
    headers: Object.fromEntries((headers?.keys() ?? []).map((name) => [name, headers?.get(name) ?? ''])),
    data: Buffer.from(message.data).toString('base64'),
  };
}
