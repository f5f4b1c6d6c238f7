/**
 * The text that bytes spell in the charset of their media type, UTF-8 where it names none.
 *
 * @param cut whether the last character may be broken off
 * @returns undefined when they are no text
 */
export function textOf(bytes: Buffer, mediaType: string | undefined, cut: boolean): string | undefined {
  // No text holds these, and hardly anything else is without them.
  if (bytes.includes(0) && !/utf-?16/i.test(mediaType ?? '')) return undefined;
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([\w:.-]+)/i.exec(mediaType ?? '') ?? [];
  const decoder = decoderOf(charset);
  if (decoder === undefined) return undefined;
  try {
    return decoder.decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}

function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch {
    return undefined;
  }
}
