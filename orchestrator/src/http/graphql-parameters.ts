import { GraphQLError } from 'graphql';
import { limitRefusal } from '../query/limit-refusal.ts';
import type { GraphqlRequest } from '../query/graphql.ts';

/** A request that was understood, or what is wrong with it. */
export type ReadRequest =
  | { readonly kind: 'request'; readonly request: GraphqlRequest }
  | { readonly kind: 'refused'; readonly error: GraphQLError };

/** Reads the body of a POST request. */
export function readBody(body: string): ReadRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return malformed('The body is no JSON', 'a JSON object with query, variables and operationName');
  }
  return readParameters(value);
}

/** Reads the query string of a GET request: in it `variables` and `extensions` are JSON. */
export function readQueryString(parameters: Readonly<Record<string, unknown>>): ReadRequest {
  const value: Record<string, unknown> = { ...parameters };
  for (const name of ['variables', 'extensions']) {
    const text = value[name];
    if (text === undefined) continue;
    if (text === '') delete value[name];
    else
      try {
        // Given twice, it is an array of texts.
        value[name] = JSON.parse(typeof text === 'string' ? text : '');
      } catch {
        return malformed(`${name}: is no JSON`, 'a JSON object', name);
      }
  }
  if (value['operationName'] === '') delete value['operationName'];
  return readParameters(value);
}

/** Reads the parameters of one request, as the body of a POST request or the payload of a WebSocket message has them. */
export function readParameters(value: unknown): ReadRequest {
  if (Array.isArray(value))
    return {
      kind: 'refused',
      error: limitRefusal({
        code: 'BATCH_REFUSED',
        message: `The request is a batch of ${value.length} operations`,
        limit: 'operations',
        allowed: 1,
      }),
    };
  if (!isMap(value)) return malformed('The request is no object', 'a JSON object with query');
  const { query, operationName, variables, extensions } = value;
  if (typeof query !== 'string' || query === '') return malformed('query: is missing', 'a text', 'query');
  if (operationName != null && typeof operationName !== 'string')
    return malformed('operationName: is no text', 'a text or null', 'operationName');
  if (variables != null && !isMap(variables))
    return malformed('variables: is no object', 'a JSON object or null', 'variables');
  if (extensions != null && !isMap(extensions))
    return malformed('extensions: is no object', 'a JSON object or null', 'extensions');
  return {
    kind: 'request',
    request: { query, operationName: operationName ?? undefined, variables: variables ?? undefined },
  };
}

function malformed(message: string, allowed: string, argument?: string): ReadRequest {
  const extensions = { code: 'BAD_REQUEST', ...(argument !== undefined && { argument }), allowed };
  return {
    kind: 'refused',
    error: new GraphQLError(`${message}; allowed: ${allowed}.`, { extensions }),
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
