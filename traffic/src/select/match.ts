import type { ExchangeMatch, HeaderMatch } from './rules.ts';
import { latin1, readsWithoutCase, spanEquals, utf8, type RequestSpans } from './spans.ts';
import { normalizePath, requestHost, requestPath } from './target.ts';

const SLASH = 0x2f;

/** A match in the form that is quick to check. */
export interface CompiledMatch {
  readonly methods: ReadonlySet<string> | undefined;
  readonly hosts: readonly HostPattern[] | undefined;
  readonly paths: readonly PathPattern[] | undefined;
  readonly headers: readonly CompiledHeader[];
  readonly statuses: ExchangeMatch['statuses'];
}

interface HostPattern {
  /** The whole host, or with {@link below} what it must end with, dot included. */
  readonly value: string;
  readonly below: boolean;
}

interface PathPattern {
  /** The whole path, or with {@link below} the segments that it begins with, without a slash behind the last. */
  readonly value: string;
  readonly below: boolean;
}

interface CompiledHeader {
  readonly name: Uint8Array;
  readonly type: HeaderMatch['type'];
  readonly value: Uint8Array;
}

/** Whether something holds, or that it depends on a response that has not come. */
export type Holds = boolean | 'unknown';

/** Brings a match into the form that {@link matchExchange} takes. An empty list of names is as good as none. */
export function compileMatch(match: ExchangeMatch): CompiledMatch {
  return {
    methods: nonEmpty(match.methods, (methods) => new Set(methods)),
    hosts: nonEmpty(match.hosts, (hosts) => hosts.map(hostPattern)),
    paths: nonEmpty(match.paths, (paths) => paths.map(pathPattern)),
    headers: (match.headers ?? []).map(({ name, type, value }) => ({
      name: utf8(name.toLowerCase()),
      type,
      value: utf8(value ?? ''),
    })),
    statuses: nonEmpty(match.statuses, (statuses) => statuses),
  };
}

/**
 * Whether everything that a match names holds for an exchange.
 *
 * @param status of the response; undefined while it has not come, 0 when none will come, which no range contains
 */
export function matchExchange(
  match: CompiledMatch,
  request: RequestSpans,
  status: number | undefined,
): Holds {
  if (match.methods?.has(request.method) === false) return false;
  if (match.hosts !== undefined && !matchesHost(match.hosts, requestHost(request))) return false;
  if (match.paths !== undefined && !matchesPath(match.paths, requestPath(request))) return false;
  for (const header of match.headers) if (!matchesHeader(header, request)) return false;
  if (match.statuses === undefined) return true;
  if (status === undefined) return 'unknown';
  return match.statuses.some(({ min, max }) => status >= min && status <= max);
}

/** Whether at least one match holds; unknown when that depends on the response. */
export function matchAny(
  matches: readonly CompiledMatch[],
  request: RequestSpans,
  status: number | undefined,
): Holds {
  let result: Holds = false;
  for (const match of matches) {
    const holds = matchExchange(match, request, status);
    if (holds === true) return true;
    if (holds === 'unknown') result = 'unknown';
  }
  return result;
}

function matchesHost(patterns: readonly HostPattern[], host: string): boolean {
  return patterns.some(({ value, below }) =>
    below ? host.length > value.length && host.endsWith(value) : host === value,
  );
}

function matchesPath(patterns: readonly PathPattern[], path: string): boolean {
  return patterns.some(({ value, below }) => {
    if (!below) return path === value;
    if (!path.startsWith(value)) return false;
    return path.length === value.length ? value !== '' : path.charCodeAt(value.length) === SLASH;
  });
}

/** A field that stands several times matches when one of its lines does. */
function matchesHeader({ name, type, value }: CompiledHeader, { bytes, fields }: RequestSpans): boolean {
  for (let field = 0; field < fields.length; field += 4) {
    const start = fields[field]!;
    if (fields[field + 1]! - start !== name.length || !readsWithoutCase(bytes, start, name)) continue;
    if (type !== 'Exact') return type === 'Present';
    if (spanEquals(bytes, fields[field + 2]!, fields[field + 3]!, value)) return true;
  }
  return type === 'Absent';
}

function hostPattern(host: string): HostPattern {
  const lower = host.toLowerCase();
  const value = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (value === '*') return { value: '', below: true };
  return value.startsWith('*.') ? { value: value.slice(1), below: true } : { value, below: false };
}

function pathPattern({ type, value }: NonNullable<ExchangeMatch['paths']>[number]): PathPattern {
  const path = normalizePath(byteCharacters(value));
  if (type === 'Exact') return { value: path, below: false };
  return { value: path.endsWith('/') ? path.slice(0, -1) : path, below: true };
}

/** A text with one character for each byte of its UTF-8 form, as targets are read. */
function byteCharacters(text: string): string {
  const bytes = utf8(text);
  return latin1(bytes, 0, bytes.length);
}

function nonEmpty<T, R>(list: readonly T[] | undefined, use: (list: readonly T[]) => R): R | undefined {
  return list === undefined || list.length === 0 ? undefined : use(list);
}
