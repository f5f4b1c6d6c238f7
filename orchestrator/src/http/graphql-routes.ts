import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import type { Events, Graphql, Prepared } from '../query/graphql.ts';
import { sendEvents, single } from './event-stream.ts';
import { failureBody, failureBodyOf } from './failure.ts';
import { graphiqlPage, PAGE_POLICY } from './graphiql-page.ts';
import { readBody, readQueryString, type ReadRequest } from './graphql-parameters.ts';
import { chooseAnswerType, type AnswerType } from './negotiation.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What {@link addGraphqlRoutes} serves. */
export interface GraphqlRoutesOptions {
  readonly graphql: Graphql;
  readonly graphiql: boolean;
  readonly subscriptions: Subscriptions;
  readonly keepAliveMs: number;
}

const NOT_ACCEPTABLE = 'Accept application/json, for subscriptions text/event-stream.';

/**
 * Serves GraphQL over HTTP, by GET and POST: queries and mutations as JSON, and anything as server-sent events to
 * those who ask for them. Mutations run by POST alone. A browser gets the playground by GET.
 */
export function addGraphqlRoutes(server: FastifyInstance, options: GraphqlRoutesOptions): void {
  const wantsPage = (request: FastifyRequest): boolean =>
    options.graphiql && request.headers.accept?.includes('text/html') === true;

  server.get('/graphql', { config: { open: wantsPage } }, async (request, reply) => {
    if (wantsPage(request)) return sendPage(reply);
    return answer(options, request, reply, readQueryString(request.query as Record<string, unknown>));
  });
  server.post('/graphql', (request, reply) =>
    answer(options, request, reply, readBody(typeof request.body === 'string' ? request.body : '')),
  );
  server.route({
    method: ['PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/graphql',
    handler: (_request, reply) => refuseMethod(reply, 'GET, POST', 'Send queries by GET or POST.'),
  });
}

function refuseMethod(reply: FastifyReply, allowed: string, message: string): FastifyReply {
  return reply.code(405).header('allow', allowed).send(failureBody('METHOD_NOT_ALLOWED', message));
}

async function sendPage(reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', PAGE_POLICY)
    .header('referrer-policy', 'no-referrer')
    .send(await graphiqlPage());
}

async function answer(
  options: GraphqlRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  read: ReadRequest,
): Promise<FastifyReply> {
  const type = chooseAnswerType(request.headers.accept);
  if (type === undefined) return reply.code(406).send(failureBody('NOT_ACCEPTABLE', NOT_ACCEPTABLE));
  if (read.kind === 'refused') return reply.code(400).send(failureBodyOf(read.error));
  const prepared = options.graphql.prepare(read.request);
  if (prepared.kind === 'ready' && prepared.type === 'mutation' && request.method === 'GET')
    return refuseMethod(reply, 'POST', 'Send mutations by POST.');
  if (type === 'text/event-stream') return stream(options, reply, prepared);
  if (prepared.kind === 'refused')
    // The older type can't tell answers of proxies from those of GraphQL by their status, so its clients expect 200.
    return sendResult(reply, type, type === 'application/json' ? 200 : 400, { errors: prepared.errors });
  if (prepared.type === 'subscription')
    return reply.code(406).send(failureBody('NOT_ACCEPTABLE', NOT_ACCEPTABLE));
  return sendResult(reply, type, 200, await options.graphql.execute(prepared.args));
}

function sendResult(
  reply: FastifyReply,
  type: AnswerType,
  status: number,
  result: ExecutionResult,
): FastifyReply {
  // As bytes, because a text would be gone through for its length, joined with the head and only then encoded.
  return reply
    .code(status)
    .type(`${type}; charset=utf-8`)
    .send(Buffer.from(JSON.stringify(result)));
}

/** Refusals travel in the stream too: `EventSource` shows nothing of other answers. */
async function stream(
  options: GraphqlRoutesOptions,
  reply: FastifyReply,
  prepared: Prepared,
): Promise<FastifyReply> {
  const results = await begin(options, prepared);
  reply.hijack();
  const headers = { 'x-request-id': reply.request.id, 'x-content-type-options': 'nosniff' };
  try {
    await sendEvents(reply.raw, results, { headers, keepAliveMs: options.keepAliveMs });
  } catch (error) {
    reply.log.error({ err: error }, 'a stream of events broke');
    reply.raw.destroy();
  } finally {
    await results.return();
  }
  return reply;
}

async function begin({ graphql, subscriptions }: GraphqlRoutesOptions, prepared: Prepared): Promise<Events> {
  if (prepared.kind === 'refused') return single({ errors: prepared.errors });
  if (prepared.type !== 'subscription') return single(await graphql.execute(prepared.args));
  const events = await subscriptions.begin('sse', () => graphql.subscribe(prepared.args));
  return Symbol.asyncIterator in events ? events : single(events);
}
