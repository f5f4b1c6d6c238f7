import { reads } from './bytes.ts';
import type { Framing } from './framing.ts';
import type { MessageHead } from './message.ts';

const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');

/** Tells `framing` what a response's field lines say about its body. */
export function inspectResponse({ bytes, fields, version }: MessageHead, framing: Framing): void {
  for (let field = 0; field < fields.length; field += 4) {
    const name = fields[field]!;
    const length = fields[field + 1]! - name;
    if (length === CONTENT_LENGTH.length) {
      if (reads(bytes, name, CONTENT_LENGTH))
        framing.takeLength(bytes, fields[field + 2]!, fields[field + 3]!);
    } else if (length === TRANSFER_ENCODING.length && reads(bytes, name, TRANSFER_ENCODING)) {
      framing.takeCodings(bytes, fields[field + 2]!, fields[field + 3]!, version);
    }
  }
}
