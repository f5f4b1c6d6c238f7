import type { Placeholder } from '@culvert/traffic/select/redact/edits';
import type { CompiledRedaction } from '@culvert/traffic/select/redact/compile';
import { redactFields, redactRequest } from '@culvert/traffic/select/redact/redact';
import type { RequestHead, ResponseHead, Trailers } from '../capture/http1/message.ts';

const NO_BYTES = Buffer.alloc(0);
const WITHHELD_TARGET = Buffer.from('/redacted', 'latin1');

/** A request head without its secrets: the head itself where it has none. */
export function withoutSecrets(
  head: RequestHead,
  redaction: CompiledRedaction,
  placeholder: Placeholder,
): RequestHead {
  const redacted = redactRequest(head, redaction, placeholder);
  if (redacted === undefined) return head;
  return { ...head, ...redacted, bytes: asBuffer(redacted.bytes) };
}

/** The same for a response head, whose status line holds none. */
export function responseWithoutSecrets(
  head: ResponseHead,
  redaction: CompiledRedaction,
  placeholder: Placeholder,
): ResponseHead {
  const redacted = redactFields(head, redaction, placeholder);
  return redacted === undefined
    ? head
    : { ...head, bytes: asBuffer(redacted.bytes), fields: redacted.fields };
}

/** The same for trailers. */
export function trailersWithoutSecrets(
  trailers: Trailers,
  redaction: CompiledRedaction,
  placeholder: Placeholder,
): Trailers {
  const redacted = redactFields(trailers, redaction, placeholder);
  return redacted === undefined ? trailers : { bytes: asBuffer(redacted.bytes), fields: redacted.fields };
}

/** What is left of a request head that could not be redacted. */
export function withheldRequest({ method, version, asksToSwitch }: RequestHead): RequestHead {
  return {
    method,
    version,
    asksToSwitch,
    bytes: WITHHELD_TARGET,
    targetStart: 0,
    targetEnd: WITHHELD_TARGET.length,
    fields: [],
    hostField: -1,
    traceparentField: -1,
    traceparentRepeated: false,
  };
}

/** What is left of a response head that could not be redacted. */
export function withheldResponse({ status, version }: ResponseHead): ResponseHead {
  return { status, version, bytes: NO_BYTES, fields: [], reasonStart: 0, reasonEnd: 0 };
}

function asBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
