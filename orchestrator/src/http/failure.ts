/** The body of every answer that is no success, in the shape that GraphQL clients read. */
export interface FailureBody {
  readonly errors: readonly [
    { readonly message: string; readonly extensions: { readonly code: string; readonly id?: string } },
  ];
}

/** An HTTP answer that refuses or fails. */
export interface Failure {
  readonly status: number;
  readonly body: FailureBody;
}

/** Makes the body of a failure. */
export function failureBody(code: string, message: string, id?: string): FailureBody {
  return { errors: [{ message, extensions: { code, ...(id !== undefined && { id }) } }] };
}

/**
 * The answer to a fault of the HTTP server; undefined when the fault is not the client's.
 *
 * @param code the fault's code as Fastify gives it
 */
export function clientFailure(code: string | undefined): Failure | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { status: 413, body: failureBody('REQUEST_TOO_LARGE', 'The request is too large.') };
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
