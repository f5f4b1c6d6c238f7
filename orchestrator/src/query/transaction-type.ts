import { traceIdOf } from '@culvert/traffic/traceparent';
import type { AnswerBudget } from './answer-budget.ts';
import type { Builder } from './builder.ts';
import { BODY_STATES, type BodyState } from './body-state.ts';
import { bodyText } from './body-text.ts';
import type { ExchangeStateRef } from './exchange-state-type.ts';
import { headerText } from './header-text.ts';
import type { Side } from './read-plan.ts';
import {
  bodyBytesOf,
  bodyStateOf,
  hasEmptyBody,
  headersOf,
  milliseconds,
  reasonPhraseOf,
  startedAt,
  stateOf,
  trailersOf,
  type Transaction,
} from './transaction.ts';

const HEADERS_ARE =
  'JSON array of [name, value] pairs in the order of the wire, their bytes read as latin1. Null: not captured.';
const BYTES_ARE =
  'How much of the body passed, without chunk framing, as far as it was read. Null: not known, as before the end of the exchange or without any answer.';
const TRAILERS_ARE =
  'The fields behind the last chunk of a chunked body, as JSON like the headers. Null: there were none, or they were not captured.';
const BODY_IS =
  'base64, without chunk framing, still content-encoded, up to the first missing piece. Null: nothing of it is here, as the state of the body tells; empty text: the body is empty.';

/** What such a field costs, where an object costs 1. */
const HEAVY = { cost: 10 };

/**
 * Declares `HttpTransaction` and what belongs to it. A field without `resolve` below would read a property of its own
 * name, so each one says where its value comes from.
 */
export function declareTransaction(builder: Builder, exchangeState: ExchangeStateRef) {
  const bodyStateType = builder.enumType('BodyState', {
    description:
      'Whether a body is here. What is missing here is told before what was missing on the wire: of a message that broke off, a body of which more passed than was kept is TRUNCATED. Bodies are stored apart and may arrive after their exchange.',
    values: bodyStateValues(),
  });
  const tls = declareTls(builder);

  const transaction = builder.objectRef<Transaction>('HttpTransaction');
  transaction.implement({
    description: 'A request with its response, as seen by a sidecar.',
    fields: (t) => ({
      requestId: t.string({ nullable: false, resolve: ({ row }) => row.request_id }),
      method: t.string({ resolve: ({ row }) => row.method }),
      url: t.string({ resolve: ({ row }, _arguments, { answer }) => answer.text(row.url) }),
      requestTarget: t.string({
        description:
          'Of the request line, its bytes read as latin1, where url does not tell it: in absolute form, or not of ASCII. Null: url tells it, or it is not known.',
        resolve: ({ row }, _arguments, { answer }) => answer.text(row.request_target),
      }),
      status: t.int({ resolve: ({ row }) => row.status }),
      timestamp: t.string({
        description: "When the request's first byte arrived: RFC 3339 with milliseconds.",
        resolve: ({ row }) => new Date(startedAt(row)).toISOString(),
      }),
      agentId: t.string({ resolve: ({ row }) => row.agent_id }),
      state: t.field({ type: exchangeState, nullable: false, resolve: stateOf }),
      httpVersion: t.string({
        description: 'Of the request line: "1.0" or "1.1".',
        resolve: ({ row }) => row.http_version,
      }),
      responseHttpVersion: t.string({
        description:
          'Of the status line, which may differ from that of the request. Null: no response head was read.',
        resolve: ({ row }) => row.response_http_version,
      }),
      reasonPhrase: t.string({
        description:
          'Of the status line, its bytes read as latin1; empty where it has none. Null: no response head was read.',
        resolve: reasonPhraseOf,
      }),
      scheme: t.string({ resolve: ({ row }) => row.scheme }),
      host: t.string({ resolve: ({ row }) => row.host }),
      path: t.string({ resolve: ({ row }, _arguments, { answer }) => answer.text(row.path) }),
      cluster: t.string({ resolve: ({ row }) => row.cluster }),
      namespace: t.string({ resolve: ({ row }) => row.namespace }),
      workload: t.string({ resolve: ({ row }) => row.workload }),
      pod: t.string({ resolve: ({ row }) => row.pod }),
      node: t.string({ resolve: ({ row }) => row.node }),
      peerAddress: t.string({ resolve: ({ row }) => row.peer_address }),
      capturedPort: t.int({ resolve: ({ row }) => row.captured_port }),
      durationMs: t.float({
        description:
          'From the first byte of the request to the end of the exchange, in milliseconds to the microsecond.',
        resolve: ({ row }) => milliseconds(row.duration_us),
      }),
      firstByteMs: t.float({
        description:
          'From the first byte of the request to the first one of the response head, in milliseconds to the microsecond.',
        resolve: ({ row }) => milliseconds(row.first_byte_us),
      }),
      requestBodyBytes: t.field({
        type: 'BigInt',
        description: BYTES_ARE,
        resolve: (source) => bodyBytesOf(source, 'request'),
      }),
      responseBodyBytes: t.field({
        type: 'BigInt',
        description: BYTES_ARE,
        resolve: (source) => bodyBytesOf(source, 'response'),
      }),
      requestTruncated: t.boolean({
        nullable: false,
        resolve: ({ row }) => row.request_truncated ?? false,
      }),
      responseTruncated: t.boolean({
        nullable: false,
        resolve: ({ row }) => row.response_truncated ?? false,
      }),
      traceId: t.string({
        description: 'From the request header traceparent, if there is one and it is valid.',
        resolve: ({ row }) => traceIdOf(row.traceparent),
      }),
      tls: t.field({ type: tls, resolve: (source) => (hasTls(source) ? source : null) }),
      receivedAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When the orchestrator received it, by its own clock.',
        resolve: ({ row }) => row.received_at ?? 0,
      }),
      requestBodyState: t.field({
        type: bodyStateType,
        nullable: false,
        resolve: (source) => bodyStateOf(source, 'request'),
      }),
      responseBodyState: t.field({
        type: bodyStateType,
        nullable: false,
        resolve: (source) => bodyStateOf(source, 'response'),
      }),
      requestHeaders: t.string({
        description: HEADERS_ARE,
        extensions: HEAVY,
        resolve: (source, _arguments, { answer }) => answer.text(headerText(headersOf(source, 'request'))),
      }),
      responseHeaders: t.string({
        description: HEADERS_ARE,
        extensions: HEAVY,
        resolve: (source, _arguments, { answer }) => answer.text(headerText(headersOf(source, 'response'))),
      }),
      requestTrailers: t.string({
        description: TRAILERS_ARE,
        extensions: HEAVY,
        resolve: (source, _arguments, { answer }) => answer.text(headerText(trailersOf(source, 'request'))),
      }),
      responseTrailers: t.string({
        description: TRAILERS_ARE,
        extensions: HEAVY,
        resolve: (source, _arguments, { answer }) => answer.text(headerText(trailersOf(source, 'response'))),
      }),
      requestBody: t.string({
        description: `The request's body as ${BODY_IS}`,
        extensions: HEAVY,
        resolve: (source, _arguments, { answer }) => bodyOf(source, 'request', answer),
      }),
      responseBody: t.string({
        description: `The response's body as ${BODY_IS}`,
        extensions: HEAVY,
        resolve: (source, _arguments, { answer }) => bodyOf(source, 'response', answer),
      }),
    }),
  });
  return transaction;
}

/** `HttpTransaction` as other declarations refer to it. */
export type TransactionRef = ReturnType<typeof declareTransaction>;

/** Each state with its description. */
function bodyStateValues(): Record<BodyState, { readonly description: string }> {
  const values = Object.entries(BODY_STATES).map(([state, description]) => [state, { description }]);
  return Object.fromEntries(values) as Record<BodyState, { description: string }>;
}

function declareTls(builder: Builder) {
  const tls = builder.objectRef<Transaction>('TlsInfo');
  tls.implement({
    description: 'The TLS session that carried an exchange, where the sidecar knows it.',
    fields: (t) => ({
      version: t.string({ resolve: ({ row }) => row.tls_version }),
      cipherSuite: t.string({ resolve: ({ row }) => row.tls_cipher_suite }),
      serverName: t.string({ resolve: ({ row }) => row.tls_server_name }),
      alpn: t.string({ resolve: ({ row }) => row.tls_alpn }),
    }),
  });
  return tls;
}

function hasTls({ row }: Transaction): boolean {
  return [row.tls_version, row.tls_cipher_suite, row.tls_server_name, row.tls_alpn].some(
    (part) => part != null,
  );
}

function bodyOf(source: Transaction, side: Side, answer: AnswerBudget): string | null {
  return bodyText(source.chunks?.[side] ?? [], hasEmptyBody(source, side), answer.bytes);
}
