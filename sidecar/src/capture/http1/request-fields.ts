import { COMMA, isBlank, reads } from './bytes.ts';
import { NO_LENGTH, type Framing } from './framing.ts';
import type { ParserFault } from './message.ts';
import type { RequestHeadScanner } from './request-head-scanner.ts';
import { agreesWithHost, targetAuthority } from './target.ts';

const HOST = Buffer.from('host');
const UPGRADE = Buffer.from('upgrade');
const CONNECTION = Buffer.from('connection');
const TRACEPARENT = Buffer.from('traceparent');
const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');

/** Finds among a request's field lines those that the parser or a record needs. */
export class RequestFields {
  hostField = -1;
  traceparentField = -1;
  traceparentRepeated = false;
  asksToSwitch = false;

  /**
   * @param bytes the head; `scanner` has just read it
   * @param framing takes what the fields say about the body
   * @returns the fault, null when there is none
   */
  inspect(bytes: Buffer, scanner: RequestHeadScanner, framing: Framing): ParserFault | null {
    const { fields } = scanner.lines;
    let hasUpgrade = false;
    let namesUpgrade = false;
    this.hostField = -1;
    this.traceparentField = -1;
    this.traceparentRepeated = false;
    for (let field = 0; field < fields.length; field += 4) {
      const name = fields[field]!;
      switch (fields[field + 1]! - name) {
        case HOST.length:
          if (!reads(bytes, name, HOST)) break;
          if (this.hostField >= 0) return 'ambiguous_host';
          this.hostField = field;
          break;
        case UPGRADE.length:
          hasUpgrade ||= fields[field + 3]! > fields[field + 2]! && reads(bytes, name, UPGRADE);
          break;
        case CONNECTION.length:
          namesUpgrade ||=
            reads(bytes, name, CONNECTION) && lists(bytes, fields[field + 2]!, fields[field + 3]!);
          break;
        case TRACEPARENT.length:
          if (!reads(bytes, name, TRACEPARENT)) break;
          if (this.traceparentField >= 0) this.traceparentRepeated = true;
          else this.traceparentField = field;
          break;
        case CONTENT_LENGTH.length:
          if (reads(bytes, name, CONTENT_LENGTH))
            framing.takeLength(bytes, fields[field + 2]!, fields[field + 3]!);
          break;
        case TRANSFER_ENCODING.length:
          if (!reads(bytes, name, TRANSFER_ENCODING)) break;
          framing.takeCodings(bytes, fields[field + 2]!, fields[field + 3]!, scanner.version);
          break;
      }
    }
    const connects = scanner.method === 'CONNECT';
    this.asksToSwitch = connects || (hasUpgrade && namesUpgrade);
    if (framing.fault !== null) return framing.fault;
    // The end of such a body can't be found (RFC 9112 §6.3); what follows CONNECT is no body (RFC 9110 §9.3.6).
    if (framing.encoded && (!framing.chunked || connects)) return 'ambiguous_framing';
    if (connects && framing.length !== 0 && framing.length !== NO_LENGTH) return 'ambiguous_framing';
    return this.#contradictsHost(bytes, scanner) ? 'ambiguous_host' : null;
  }

  #contradictsHost(
    bytes: Buffer,
    { lines: { fields }, method, targetStart, targetEnd }: RequestHeadScanner,
  ): boolean {
    if (this.hostField < 0 || method === 'CONNECT') return false;
    const authority = targetAuthority(bytes, targetStart, targetEnd);
    if (authority === undefined) return false;
    return !agreesWithHost(authority, bytes, fields[this.hostField + 2]!, fields[this.hostField + 3]!);
  }
}

/** Whether a Connection field names `upgrade` as one of its options. */
function lists(bytes: Buffer, start: number, end: number): boolean {
  for (let position = start; position < end; position++) {
    const isStart = position === start || bytes[position - 1] === COMMA || isBlank(bytes[position - 1]!);
    const after = position + UPGRADE.length;
    if (!isStart || after > end || !reads(bytes, position, UPGRADE)) continue;
    if (after === end || bytes[after] === COMMA || isBlank(bytes[after]!)) return true;
  }
  return false;
}
