import { COLON, isDigit, isLetter } from './bytes.ts';

const SLASH = 0x2f;
const ASTERISK = 0x2a;
const AT = 0x40;

/** Where an absolute-form target names its server, as offsets into the same bytes. */
export interface TargetAuthority {
  readonly scheme: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Whether a request target has one of the four forms of RFC 9112 §3.2: origin, absolute, authority (CONNECT and
 * nothing else), asterisk. Its bytes are known to be allowed in a target.
 */
export function isValidTarget(method: string, bytes: Buffer, start: number, end: number): boolean {
  if (start === end) return false;
  if (method === 'CONNECT') return isHostAndPort(bytes, start, end);
  if (bytes[start] === SLASH) return true;
  if (bytes[start] === ASTERISK) return end - start === 1;
  return targetAuthority(bytes, start, end) !== undefined;
}

/** The authority of an absolute-form target without its user information; undefined for every other form. */
export function targetAuthority(bytes: Buffer, start: number, end: number): TargetAuthority | undefined {
  if (!isLetter(bytes[start]!)) return undefined;
  let position = start;
  while (position < end && isSchemeByte(bytes[position]!)) position++;
  const schemeEnd = position;
  if (end - position < 4 || bytes.toString('latin1', position, position + 3) !== '://') return undefined;
  position += 3;
  let authorityStart = position;
  for (; position < end && !endsAuthority(bytes[position]!); position++) {
    if (bytes[position] === AT) authorityStart = position + 1;
  }
  if (position === authorityStart) return undefined;
  return {
    scheme: bytes.toString('latin1', start, schemeEnd).toLowerCase(),
    start: authorityStart,
    end: position,
  };
}

/** Whether `Host` names the server that the target names: without case, the scheme's own port being optional. */
export function agreesWithHost(
  authority: TargetAuthority,
  bytes: Buffer,
  start: number,
  end: number,
): boolean {
  const target = bytes.toString('latin1', authority.start, authority.end).toLowerCase();
  const host = bytes.toString('latin1', start, end).toLowerCase();
  return withoutOwnPort(target, authority.scheme) === withoutOwnPort(host, authority.scheme);
}

function withoutOwnPort(authority: string, scheme: string): string {
  const port = scheme === 'https' ? ':443' : ':80';
  if (authority.endsWith(port)) return authority.slice(0, -port.length);
  return authority.endsWith(':') ? authority.slice(0, -1) : authority;
}

function isHostAndPort(bytes: Buffer, start: number, end: number): boolean {
  let position = end;
  while (position > start && isDigit(bytes[position - 1]!)) position--;
  if (position === end || bytes[position - 1] !== COLON || position - 1 === start) return false;
  for (let index = start; index < position; index++) {
    if (endsAuthority(bytes[index]!) || bytes[index] === AT) return false;
  }
  return true;
}

function isSchemeByte(byte: number): boolean {
  return isLetter(byte) || isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

/** `/`, `?` or `#`. */
function endsAuthority(byte: number): boolean {
  return byte === SLASH || byte === 0x3f || byte === 0x23;
}
