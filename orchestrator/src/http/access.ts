/**
 * Who may ask, judged from `Host` and `Origin`.
 *
 * A page from anywhere can make a browser send requests to this machine: by DNS rebinding with its own name in
 * `Host`, or across origins with its own name in `Origin`. Both names must therefore be ones that only this
 * machine, or whoever set it up, can have.
 */

/**
 * Judges a request.
 *
 * @param headers the request's `Host` and `Origin`
 * @param allowed names besides loopback ones, lower-case, with or without a port
 * @returns undefined when the request may pass, else a sentence for its sender
 */
export function refusal(
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  allowed: readonly string[],
): string | undefined {
  const hint = 'Use localhost or a name listed in CULVERT_ALLOWED_HOSTS.';
  if (headers.host === undefined || headers.host === '') return `The request names no Host. ${hint}`;
  if (!isAllowed(URL.parse(`http://${headers.host}/`), headers.host, allowed))
    return `Host ${quoted(headers.host)} is not served here. ${hint}`;
  if (headers.origin === undefined) return undefined;
  const origin = URL.parse(headers.origin);
  if (!isAllowed(origin, origin?.host ?? '', allowed))
    return `Pages of origin ${quoted(headers.origin)} may not ask. ${hint}`;
  return undefined;
}

/** Whether a host name or address always means this machine: `localhost`, 127.0.0.0/8 or `::1`. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

function isAllowed(url: URL | null, written: string, allowed: readonly string[]): boolean {
  // What follows a slash, an @ or a ? would be read as another part of the URL.
  if (url === null || /[/@?#\\\s]/.test(written)) return false;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return isLoopback(url.hostname) || allowed.includes(url.hostname) || allowed.includes(url.host);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
