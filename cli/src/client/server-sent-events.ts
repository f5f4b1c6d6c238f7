/** An event of a stream of Server-Sent Events (HTML Living Standard §9.2). */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
}

const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/**
 * Reads the events of a body.
 *
 * @param onBytes hears of everything that arrives, comments included
 * @throws Error when an event is larger than any that the server sends
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => undefined,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let data: string[] = [];
  let size = 0;
  for await (const bytes of body) {
    onBytes();
    const text = rest + decoder.decode(bytes, { stream: true });
    // A CR at the end may be the first half of CR LF.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + text.slice(end);
    if (rest.length + size > MAX_EVENT_CHARACTERS) throw new Error('an event of the stream is too large');
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0 || name !== '') yield { name: name || 'message', data: data.join('\n') };
        name = '';
        data = [];
        size = 0;
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'event') name = value;
      else if (field === 'data') {
        data.push(value);
        size += value.length;
      }
    }
  }
}
