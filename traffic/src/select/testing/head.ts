import type { FieldSpans, RequestSpans } from '../spans.ts';

/** Field lines as spans, written one character a byte. */
export function fieldsOf(...lines: readonly string[]): FieldSpans {
  return spansOf('', lines);
}

/** A request head as spans: `requestOf('GET /path', 'Host: example.test')`. */
export function requestOf(line: string, ...lines: readonly string[]): RequestSpans {
  const [method = '', target = ''] = line.split(' ');
  const spans = spansOf(`${line} HTTP/1.1\r\n`, lines);
  const find = (name: string): number => {
    const index = lines.findIndex((candidate) => candidate.toLowerCase().startsWith(`${name}:`));
    return index < 0 ? -1 : index * 4;
  };
  return {
    ...spans,
    method,
    targetStart: method.length + 1,
    targetEnd: method.length + 1 + target.length,
    hostField: find('host'),
    traceparentField: find('traceparent'),
    traceparentRepeated: lines.filter((line) => /^traceparent:/i.test(line)).length > 1,
  };
}

/** The lines of a message, by its spans. */
export function linesOf({ bytes, fields }: FieldSpans): string[] {
  const text = (index: number): string =>
    Buffer.from(bytes).toString('latin1', fields[index], fields[index + 1]);
  return Array.from({ length: fields.length / 4 }, (_, line) => `${text(line * 4)}: ${text(line * 4 + 2)}`);
}

function spansOf(start: string, lines: readonly string[]): FieldSpans {
  const fields: number[] = [];
  let text = start;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    fields.push(text.length, text.length + colon);
    text += `${line.slice(0, colon)}: `;
    fields.push(text.length, text.length + value.length);
    text += `${value}\r\n`;
  }
  return { bytes: Buffer.from(`${text}\r\n`, 'latin1'), fields };
}
