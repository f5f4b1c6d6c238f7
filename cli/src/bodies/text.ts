/**
 * The text that bytes spell in the charset of their media type, UTF-8 where it names none, or none that is known.
 *
 * @param cut whether the last character may be broken off
 * @returns undefined when they are no text
 */
export function textOf(bytes: Buffer, mediaType: string | undefined, cut: boolean): string | undefined {
  for (const decoder of decodersOf(byteOrderMark(bytes) ?? charsetOf(mediaType))) {
    // No text but of 16 bits holds these, and hardly anything else is without them.
    if (bytes.includes(0) && !decoder.encoding.startsWith('utf-16')) continue;
    try {
      return decoder.decode(bytes, { stream: cut });
    } catch {
      continue;
    }
  }
  return undefined;
}

/** The charset that bytes name themselves, which says more than a media type (https://encoding.spec.whatwg.org/#bom-sniff). */
function byteOrderMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined;
}

/** The value of `charset`, whichever quotes it stands in. */
function charsetOf(mediaType: string | undefined): string {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*["']?\s*([^\s"';]+)/i.exec(mediaType ?? '') ?? [];
  return charset;
}

/** Those that may read a charset. ASCII is UTF-8, unless it is neither: then senders mean latin1. */
function decodersOf(charset: string): readonly TextDecoder[] {
  const labels = /^(?:us-)?ascii$/i.test(charset) ? ['utf-8', charset] : [charset];
  try {
    return labels.map(decoderOf);
  } catch {
    return [decoderOf('utf-8')];
  }
}

function decoderOf(label: string): TextDecoder {
  return new TextDecoder(label, { fatal: true, ignoreBOM: true });
}
