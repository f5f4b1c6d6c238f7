import { headerText } from '../../exchange/headers.ts';
import type { NameAndValue } from './name-and-value.ts';

/**
 * The parameters of a URL's query, as forms write them (https://url.spec.whatwg.org/#urlencoded-parsing). Their bytes
 * are read as those of header fields are, so that the same bytes read the same everywhere in a document.
 */
export function queryOf(url: string): NameAndValue[] {
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? { name: decoded(pair), value: '' }
        : { name: decoded(pair.slice(0, equals)), value: decoded(pair.slice(equals + 1)) };
    });
}

function decoded(text: string): string {
  const bytes = Buffer.from(text.replaceAll('+', ' '), 'utf8').toString('latin1');
  return headerText(
    bytes.replace(/%([\da-f]{2})/gi, (_escape, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  );
}
