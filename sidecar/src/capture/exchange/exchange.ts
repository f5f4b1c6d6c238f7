import { MessageEnd } from '@culvert/proto';
import type { CompiledRules } from '@culvert/traffic/select/compile';
import type { AnsweredRequest, RequestHead, ResponseHead, Trailers } from '../http1/message.ts';
import type { Fate } from '../../spool/segment.ts';
import type { BodyCapture } from './body.ts';
import { mintRequestId, type RequestIdWords } from './request-id.ts';

/** What is the same for every exchange of a connection, encoded once. */
export interface ConnectionFacts {
  /** Protobuf fields `peer_address` and `captured_port` of HttpRequestData, ready to copy. */
  readonly encodedPeer: Uint8Array;
  /** `host:port` that stands in for a missing Host field, in ASCII. */
  readonly upstreamAuthority: Uint8Array;
}

/**
 * New: in no count. Open: captured, and among the open ones. Counted: in the count where it ends up. Settled: that, and
 * let go of.
 */
export type ExchangePhase = 'new' | 'open' | 'counted' | 'settled';

/**
 * One request with its response while it passes. Times are Unix milliseconds with fraction.
 *
 * The heads are slices of received chunks; they are let go once they were published.
 */
export class Exchange implements RequestIdWords, AnsweredRequest {
  id0 = 0;
  id1 = 0;
  id2 = 0;
  id3 = 0;

  readonly connection: ConnectionFacts;
  readonly startedAt: number;
  readonly method: string;
  readonly asksToSwitch: boolean;

  /** The rules in force when it began; they hold for it to its end. */
  readonly rules: CompiledRules;

  /** Without secrets, unless it is still {@link undecided}. Null once it was published, and for what is not recorded. */
  request: RequestHead | null = null;
  response: ResponseHead | null = null;
  firstByteAt = 0;
  requestBody: BodyCapture | null = null;
  responseBody: BodyCapture | null = null;
  requestTrailers: Trailers | null = null;
  responseTrailers: Trailers | null = null;

  requestEnded = false;
  responseEnded = false;
  /** How its messages ended on the wire, once it is over. */
  requestEnd: MessageEnd = MessageEnd.MESSAGE_END_UNSPECIFIED;
  responseEnd: MessageEnd = MessageEnd.MESSAGE_END_UNSPECIFIED;
  /** A parser gave up on one of its messages. */
  unparsable = false;
  /** The client's direction ended within the request, before the answer had ended. */
  requestCut = false;
  /** Where it stands in the books; only the recorder moves it on. */
  phase: ExchangePhase = 'new';
  /** Whether it is kept depends on its status: nothing of it may leave memory. */
  undecided = false;

  /** The fates of the segments with its first parts, once it was published open. */
  openParts: Fate[] | null = null;
  responsePublished = false;
  /** Bytes of its heads, bodies and trailers that count as held in memory. */
  heldHeadBytes = 0;
  heldBodyBytes = 0;
  heldTrailerBytes = 0;

  /** Neighbours in the list of open exchanges, in the order of their start. */
  older: Exchange | null = null;
  newer: Exchange | null = null;
  /** The next exchange of the same connection that waits for its response. */
  behind: Exchange | null = null;

  constructor(connection: ConnectionFacts, rules: CompiledRules, request: RequestHead, startedAt: number) {
    this.connection = connection;
    this.rules = rules;
    this.method = request.method;
    this.asksToSwitch = request.asksToSwitch;
    this.startedAt = startedAt;
    mintRequestId(this, startedAt);
  }

  /** The recorder has begun it, and it has neither ended nor been left out. */
  get followed(): boolean {
    return this.phase === 'open';
  }
}
