import type { GraphQLError } from 'graphql';

/** What programs read of a failure: a stable code, and what belongs to it. */
interface FailureExtensions {
  readonly code: string;
  /** Under which the log has the rest. */
  readonly id?: string;
  /** The limit that was broken, and its value. */
  readonly limit?: string;
  readonly allowed?: number;
}

/** The body of every answer that is no success, in the shape that GraphQL clients read. */
export interface FailureBody {
  readonly errors: readonly [
    { readonly message: string; readonly extensions: FailureExtensions },
    ...{ readonly message: string }[],
  ];
}

/** An HTTP answer that refuses or fails. */
export interface Failure {
  readonly status: number;
  readonly body: FailureBody;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the body of a failure. */
export function failureBody(
  code: string,
  message: string,
  more: Omit<FailureExtensions, 'code'> = {},
): FailureBody {
  return { errors: [{ message, extensions: { code, ...more } }] };
}

/** Makes the body of a failure from an error with a code. */
export function failureBodyOf(error: GraphQLError): FailureBody {
  return {
    errors: [{ message: error.message, extensions: error.extensions as unknown as FailureExtensions }],
  };
}

/**
 * The answer to a fault of the HTTP server; undefined when the fault is not the client's.
 *
 * @param code the fault's code as Fastify gives it
 * @param maxRequestBytes how large a request may be
 */
export function clientFailure(code: string | undefined, maxRequestBytes: number): Failure | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        status: 413,
        body: failureBody(
          'REQUEST_TOO_LARGE',
          `The request is too large; CULVERT_MAX_REQUEST_BYTES allows ${maxRequestBytes}.`,
          { limit: 'CULVERT_MAX_REQUEST_BYTES', allowed: maxRequestBytes },
        ),
      };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        status: 415,
        body: failureBody('UNSUPPORTED_MEDIA_TYPE', 'Send the query with Content-Type: application/json.'),
      };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return { status: 400, body: failureBody('BAD_REQUEST', 'The request is malformed.') };
    default:
      return undefined;
  }
}
