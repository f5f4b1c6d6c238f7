import type { MsgHdrs } from '@nats-io/transport-node';

/** What of a message its headers are read from; reading them may throw. */
export interface WithHeaders {
  readonly headers?: MsgHdrs | undefined;
}

/**
 * The value of a message's header; empty when there is none. Headers that can't be read count as none: the server passes
 * on whatever bytes somebody published, the client reads them when they are first asked for and throws for a name with
 * a space in it, and then that message would be in the way of all others.
 */
export function headerOf(message: WithHeaders, name: string): string {
  try {
    return message.headers?.get(name) ?? '';
  } catch {
    return '';
  }
}
