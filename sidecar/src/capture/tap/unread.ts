import type { Tracker } from '../exchange/tracker.ts';

/** Who is shown the bytes of a connection. */
export type Reader = Pick<
  Tracker,
  'idle' | 'fromClient' | 'fromUpstream' | 'clientEnded' | 'upstreamEnded' | 'closed'
>;

const ignore = (): void => undefined;

/** For connections that are forwarded without a look. Nobody knows when they are idle. */
export const UNREAD: Reader = {
  idle: false,
  fromClient: ignore,
  fromUpstream: ignore,
  clientEnded: ignore,
  upstreamEnded: ignore,
  closed: ignore,
};
