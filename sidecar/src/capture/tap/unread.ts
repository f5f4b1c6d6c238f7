import type { Aborter } from '../exchange/tracker.ts';

/** Who is shown the bytes of a connection. */
export interface Reader {
  /** Whether all that was asked was answered; undefined where nobody understands the bytes. */
  readonly idle: boolean | undefined;
  /** Bytes from the client passed by. */
  fromClient(chunk: Buffer): void;
  /** Bytes from the upstream passed by. */
  fromUpstream(chunk: Buffer): void;
  /** The client will send no more. */
  clientEnded(): void;
  /** The upstream will send no more. */
  upstreamEnded(): void;
  /** The connection is gone in both directions. */
  closed(by: Aborter): void;
}

const ignore = (): void => undefined;

/** For connections that are forwarded without a look. */
export const UNREAD: Reader = {
  idle: undefined,
  fromClient: ignore,
  fromUpstream: ignore,
  clientEnded: ignore,
  upstreamEnded: ignore,
  closed: ignore,
};
