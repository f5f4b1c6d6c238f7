import { createNameSet, hasName, type NameSet } from '../name-set.ts';
import type { Redaction } from '../rules.ts';
import { latin1, utf8 } from '../spans.ts';

/** What is redacted, in the form that is quick to apply. */
export interface CompiledRedaction {
  /** Fields whose whole value is replaced. */
  readonly headers: NameSet;
  /** Whether `Host` is among them, which also stands in absolute targets. */
  readonly host: boolean;
  /** One character for each byte of the name's UTF-8 form. */
  readonly cookies: ReadonlySet<string>;
  readonly queryParameters: ReadonlySet<string>;
}

const HOST = utf8('host');

/**
 * Brings a list of what is redacted into the form that is applied; null when it names nothing. User information in
 * URLs needs no name: it is redacted whenever anything is.
 */
export function compileRedaction(redaction: Redaction): CompiledRedaction | null {
  const { headers, cookies, queryParameters } = redaction;
  if (headers.length + cookies.length + queryParameters.length === 0) return null;
  const names = createNameSet(headers);
  return {
    headers: names,
    host: hasName(names, HOST, 0, HOST.length),
    cookies: byteNames(cookies),
    queryParameters: byteNames(queryParameters),
  };
}

function byteNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.map((name) => {
      const bytes = utf8(name.trim());
      return latin1(bytes, 0, bytes.length);
    }),
  );
}
