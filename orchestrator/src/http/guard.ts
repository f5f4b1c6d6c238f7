import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusal } from './access.ts';
import { failureBody, type Failure } from './failure.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a request gets a page without data, for which no token is needed. */
    open?: (request: FastifyRequest) => boolean;
  }
}

/** Who may ask. */
export interface Guard {
  readonly allowedHosts: readonly string[];
  /** Judges the header `Authorization`; undefined where no token is needed. */
  readonly checkToken: ((authorization: string | undefined) => boolean) | undefined;
}

/** Refuses, before anything of a request is read, what {@link Guard} doesn't let pass. */
export function addGuard(server: FastifyInstance, guard: Guard): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const open = request.routeOptions.config.open?.(request) === true;
    const failure =
      judgeSender(guard, request.headers, open) ?? (open ? undefined : judgeToken(guard, request));
    if (failure === undefined) return;
    if (failure.status === 403) request.log.warn({ refused: loggedRefusal(failure) }, 'request refused');
    return reply
      .code(failure.status)
      .headers(failure.headers ?? {})
      .send(failure.body);
  });
}

/**
 * Judges where a request comes from.
 *
 * @param open whether it asks for a page only, to which pages of other sites may link
 */
export function judgeSender(guard: Guard, headers: IncomingHttpHeaders, open: boolean): Failure | undefined {
  const sentence = refusal(headers, guard.allowedHosts);
  if (sentence !== undefined) return { status: 403, body: failureBody('FORBIDDEN', sentence) };
  // Requests by GET need no permission to be sent, and not all of them name their origin.
  if (!open && headers['sec-fetch-site'] === 'cross-site')
    return { status: 403, body: failureBody('FORBIDDEN', 'Pages of other sites may not ask.') };
  return undefined;
}

/** Why a request was refused, for logs: header values are told to who sent them alone. */
export function loggedRefusal({ body }: Failure): string {
  return body.errors[0].message.replace(/"(?:[^"\\]|\\.)*"/g, '…');
}

/** Judges the token in the header of a request. */
export function judgeToken(
  guard: Guard,
  { headers }: { readonly headers: IncomingHttpHeaders },
): Failure | undefined {
  if (guard.checkToken === undefined || guard.checkToken(headers.authorization)) return undefined;
  return {
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="culvert"' },
    body: failureBody('UNAUTHENTICATED', 'Send the token in the header Authorization: Bearer …'),
  };
}
