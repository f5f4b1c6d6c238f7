import type { Redaction } from '../rules.ts';
import { FieldKinds } from './field-kinds.ts';
import { SecretNames } from './secret-names.ts';

/** What is redacted, in the form that is quick to apply. */
export interface CompiledRedaction {
  readonly fields: FieldKinds;
  /** Whether the whole of `Host` is redacted, which also stands in absolute targets. */
  readonly host: boolean;
  readonly cookies: SecretNames;
  readonly queryParameters: SecretNames;
  readonly pathParameters: SecretNames;
}

/** Fields that hold URLs: the standard ones, and those in which proxies repeat the URL of the request. */
const URL_FIELDS = [
  ...['referer', 'location', 'content-location', 'refresh', 'link', 'destination'],
  ...['x-original-url', 'x-original-uri', 'x-original-path', 'x-rewrite-url', 'x-envoy-original-path'],
  ...['x-forwarded-url', 'x-forwarded-uri', 'x-forwarded-path', 'x-request-uri', 'x-accel-redirect'],
  ...['x-forwarded-original-uri', 'x-ms-original-url', 'x-waws-unencoded-url', 'x-auth-request-redirect'],
  ...['hx-current-url', 'hx-redirect', 'hx-location', 'hx-push-url', 'hx-replace-url', 'turbolinks-location'],
  ...['sourcemap', 'x-sourcemap'],
];

/**
 * Brings a list of what is redacted into the form that is applied; null when it names nothing. User information in
 * URLs needs no name: it is redacted whenever anything is.
 */
export function compileRedaction(redaction: Redaction): CompiledRedaction | null {
  const { headers, cookies, queryParameters, pathParameters = [] } = redaction;
  if (headers.length + cookies.length + queryParameters.length + pathParameters.length === 0) return null;
  const fields = new FieldKinds();
  for (const name of headers) fields.add(name, 'whole');
  for (const name of URL_FIELDS) fields.add(name, 'url');
  fields.add('host', 'authority');
  if (cookies.length > 0) {
    fields.add('cookie', 'cookie');
    fields.add('set-cookie', 'set-cookie');
  }
  return {
    fields,
    host: headers.some((name) => name.toLowerCase() === 'host'),
    cookies: new SecretNames(cookies),
    queryParameters: new SecretNames(queryParameters),
    pathParameters: new SecretNames(pathParameters),
  };
}
