/** A header field as on the wire; each character stands for one byte (latin1). */
export type Header = readonly [name: string, value: string];

/** Header fields from the JSON text in which they travel; undefined when they were not captured. */
export function readHeaders(json: string | null): readonly Header[] | undefined {
  return json == null ? undefined : (JSON.parse(json) as Header[]);
}

/** The value of a field: of the first of that name, in any case. */
export function headerValue(headers: readonly Header[] | undefined, name: string): string | undefined {
  return headers?.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** The values of a field that is a list, of all its lines in their order (RFC 9110 §5.3). */
export function headerList(headers: readonly Header[] | undefined, name: string): string | undefined {
  const values = headers?.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value);
  return values === undefined || values.length === 0 ? undefined : values.join(', ');
}

/** The bytes of a header as text: as UTF-8 where they are that, else each byte as one character. */
export function headerText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
