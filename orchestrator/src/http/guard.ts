import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusal } from './access.ts';
import { failureBody } from './failure.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a token: pages without data. */
    open?: boolean;
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
    const sentence = refusal(request.headers, guard.allowedHosts);
    if (sentence !== undefined) {
      request.log.warn({ refused: sentence }, 'request refused');
      return reply.code(403).send(failureBody('FORBIDDEN', sentence));
    }
    if (guard.checkToken === undefined || request.routeOptions.config.open === true) return;
    if (guard.checkToken(request.headers.authorization)) return;
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer realm="culvert"')
      .send(failureBody('UNAUTHENTICATED', 'Send the token in the header Authorization: Bearer …'));
  });
}
