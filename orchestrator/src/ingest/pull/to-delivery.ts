import type { JsMsg } from '@nats-io/jetstream';
import type { Delivery } from '../decode/delivery.ts';
import { headerOf } from './headers.ts';

/** A message of JetStream as plain values. */
export function toDelivery(message: JsMsg): Delivery {
  const { buffer, byteOffset, byteLength } = message.data;
  return {
    subject: message.subject,
    data: Buffer.from(buffer, byteOffset, byteLength),
    streamSequence: message.seq,
    header: (name) => headerOf(message, name),
  };
}
