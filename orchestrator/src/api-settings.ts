import { flag, integer } from '@culvert/runtime/config';
import { DEFAULT_TRANSPORT_LIMITS as transport } from './http/transport-limits.ts';

/** How much a request to the API may ask for, and what is served beside answers. */
export const apiSettings = {
  queryDepth: integer('CULVERT_QUERY_DEPTH', 12, 'How deep a query may nest fields.', {
    min: 3,
    max: 100,
    unit: 'levels',
  }),
  queryCost: integer(
    'CULVERT_QUERY_COST',
    10_000,
    'What a query may cost: 1 for each object, 10 for each body, header block or trailer block, times the length of lists.',
    { min: 100, max: 10_000_000, unit: 'points' },
  ),
  queryAliases: integer('CULVERT_QUERY_ALIASES', 30, 'How many aliases a query may have.', {
    min: 0,
    max: 10_000,
    unit: 'aliases',
  }),
  queryTokens: integer(
    'CULVERT_QUERY_TOKENS',
    2_000,
    'How many names, values and signs a query may have; variables are not counted.',
    { min: 100, max: 50_000, unit: 'tokens' },
  ),
  maxAnswerBytes: integer(
    'CULVERT_MAX_ANSWER_BYTES',
    64 * 1024 ** 2,
    'How much text, bodies as base64 above all, the answer to one operation may hold.',
    { min: 65_536, max: 512 * 1024 ** 2, unit: 'bytes' },
  ),
  introspection: flag('CULVERT_INTROSPECTION', true, 'Whether clients may ask for the GraphQL schema.'),
  graphiql: flag('CULVERT_GRAPHIQL', true, 'Whether browsers find the playground GraphiQL at /graphql.'),
  maxRequestBytes: integer(
    'CULVERT_MAX_REQUEST_BYTES',
    262_144,
    'The largest body of an API request, and the largest message by WebSocket.',
    { min: 1_024, max: 16_777_216, unit: 'bytes' },
  ),
  maxSubscriptions: integer(
    'CULVERT_MAX_SUBSCRIPTIONS',
    transport.maxSubscriptions,
    'How many subscriptions the process serves at once, and how many WebSockets.',
    { min: 1, max: 100_000, unit: 'subscriptions' },
  ),
  maxSocketOperations: integer(
    'CULVERT_MAX_SOCKET_OPERATIONS',
    transport.maxSocketOperations,
    'How many operations one WebSocket may have at once, subscriptions included.',
    { min: 1, max: 10_000, unit: 'operations' },
  ),
  keepAliveMs: integer(
    'CULVERT_KEEP_ALIVE_MS',
    transport.keepAliveMs,
    'How often those who follow a subscription hear a sign of life when nothing else comes.',
    { min: 100, max: 600_000, unit: 'milliseconds' },
  ),
};
