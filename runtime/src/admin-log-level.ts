import type { IncomingMessage } from 'node:http';
import { LOG_LEVELS, type Logger } from './log.ts';

/** An answer in JSON. */
export interface LogLevelAnswer {
  readonly status: number;
  readonly body: { readonly level: string } | { readonly error: string };
}

/** `{"level":"error"}` and some room. */
const MAX_BYTES = 256;
const LOOPBACK_PEER = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const LOOPBACK_HOST = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i;

/**
 * Answers for `/log-level`: GET tells the level, PUT changes it until the process ends. Only who is on the machine or
 * in the pod may change it, as `kubectl port-forward` is; a page in a browser there, that has its own name lead here,
 * may not.
 */
export async function answerLogLevel(request: IncomingMessage, log: Logger): Promise<LogLevelAnswer> {
  if (request.method !== 'PUT') return { status: 200, body: { level: log.level } };
  if (
    !LOOPBACK_PEER.test(request.socket.remoteAddress ?? '') ||
    !LOOPBACK_HOST.test(request.headers.host ?? '')
  )
    return { status: 403, body: { error: 'the level can be changed from this machine or pod only' } };
  const text = await readBounded(request);
  if (text === undefined) return { status: 413, body: { error: `send at most ${MAX_BYTES} bytes` } };
  const wanted = readLevel(text);
  const level = LOG_LEVELS.find((known) => known === wanted);
  if (level === undefined)
    return {
      status: 400,
      body: { error: `send one of ${LOG_LEVELS.join(', ')}, as {"level":"info"} or as info alone` },
    };
  log.warn({ from: log.level, to: level }, 'log level changes');
  log.level = level;
  return { status: 200, body: { level } };
}

function readLevel(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly level?: unknown } | null)?.level;
  } catch {
    return text.trim();
  }
}

async function readBounded(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
