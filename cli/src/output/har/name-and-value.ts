import { headerText, type Header } from '../../exchange/headers.ts';

/** A header field or a parameter as HAR 1.2 writes it. */
export interface NameAndValue {
  readonly name: string;
  readonly value: string;
}

/** Header fields as text. */
export function fieldsOf(headers: readonly Header[]): NameAndValue[] {
  return headers.map(([name, value]) => ({ name: headerText(name), value: headerText(value) }));
}
