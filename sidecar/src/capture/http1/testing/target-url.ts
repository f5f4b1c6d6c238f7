import { UPSTREAM } from '@culvert/e2e/corpus/conversation';
import type { RequestHead } from '../message.ts';

/** The absolute URL of a request (RFC 9112 §3.3), a character for each byte. */
export function targetUrl(head: RequestHead): string {
  const { bytes, fields, hostField } = head;
  const target = bytes.toString('latin1', head.targetStart, head.targetEnd);
  if (head.method === 'CONNECT') return `http://${target}`;
  if (!target.startsWith('/') && target !== '*') return target;
  const host = hostField < 0 ? '' : bytes.toString('latin1', fields[hostField + 2], fields[hostField + 3]);
  return `http://${host === '' ? UPSTREAM : host}${target === '*' ? '' : target}`;
}
