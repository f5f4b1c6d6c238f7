/** What the HTTP/1 parsers tell about the bytes that pass by. They copy nothing that arrives in one piece. */

/** A message head: everything up to and including the empty line. */
export interface MessageHead {
  /** From the start line's first byte through the empty line: a slice of the received chunk, or a copy when split. */
  readonly bytes: Buffer;
  readonly version: '1.0' | '1.1';
  /** Four offsets into `bytes` per field line, in wire order: name start, name end, value start, value end. */
  readonly fields: readonly number[];
}

export interface RequestHead extends MessageHead {
  readonly method: string;
  /** Offsets of the request target in `bytes`. */
  readonly targetStart: number;
  readonly targetEnd: number;
  /** Offset of the Host field's entry in `fields`, -1 when there is none. */
  readonly hostField: number;
  /** The same for `traceparent` (the first one). */
  readonly traceparentField: number;
  /** Whether another one follows it. */
  readonly traceparentRepeated: boolean;
  /** CONNECT, or an `Upgrade` field that `Connection` names: bytes behind this message belong to whatever is agreed. */
  readonly asksToSwitch: boolean;
}

export interface ResponseHead extends MessageHead {
  readonly status: number;
  /** Offsets of the reason phrase in `bytes`. */
  readonly reasonStart: number;
  readonly reasonEnd: number;
}

/** Trailer fields of a chunked message. */
export interface Trailers {
  readonly bytes: Buffer;
  readonly fields: readonly number[];
}

/** Why a parser gave up. The connection's bytes go on unread. */
export type ParserFault =
  | 'malformed_request'
  | 'malformed_response'
  | 'head_too_large'
  /**
   * Content-Length with Transfer-Encoding, several lengths that differ, Transfer-Encoding on HTTP/1.0, a request's
   * Transfer-Encoding that doesn't end in chunked, a body behind CONNECT.
   */
  | 'ambiguous_framing'
  /** Several Host fields, or an absolute-form target that disagrees with Host. */
  | 'ambiguous_host'
  | 'tls'
  | 'http2'
  | 'not_http'
  /** More followed a request to switch protocols than is held until its answer. */
  | 'switch_undecided'
  /** The server spoke without being asked. */
  | 'unexpected_response';

export interface RequestEvents {
  /** The first byte of a request arrived (empty lines before it don't count). */
  onStart(): void;
  onHead(head: RequestHead): void;
  /** Payload without chunk framing, by reference. */
  onBody(data: Buffer): void;
  /** At most once, before {@link onEnd}. */
  onTrailers(trailers: Trailers): void;
  onEnd(): void;
  /** Called once; nothing follows. */
  onFault(fault: ParserFault): void;
}

/** What a response parser must know of the request that it answers (RFC 9112 §6.3). */
export interface AnsweredRequest {
  readonly method: string;
  readonly asksToSwitch: boolean;
}

export interface ResponseEvents {
  /** The request that the next response answers; undefined when none is waiting. */
  answered(): AnsweredRequest | undefined;
  /** The first byte of a response, interim ones included. */
  onStart(): void;
  /** 1xx other than 101: the final response is still to come. */
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  onBody(data: Buffer): void;
  onTrailers(trailers: Trailers): void;
  onEnd(): void;
  /** 101, or 2xx to CONNECT: called after onHead instead of onEnd; bytes from here on are not parsed. */
  onSwitch(): void;
  onFault(fault: ParserFault): void;
}

export interface ParserLimits {
  /** The largest head or trailer section in bytes. */
  readonly headBytes: number;
  /** How much a request parser keeps while it waits to learn whether the protocol was switched. */
  readonly heldBytes: number;
}
