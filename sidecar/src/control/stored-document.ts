import { CONFIG_BUCKET } from '@culvert/policy/keys';

/** A version of a key, as the stream behind the bucket holds it. */
export interface StoredDocument {
  readonly text: string;
  readonly sequence: number;
  /** When the stream took it, Unix milliseconds. */
  readonly storedAt: number;
}

/** An answer to a request. */
export interface Answer {
  readonly data: Uint8Array;
  /** A header's first value, empty when it is missing. */
  readonly header: (name: string) => string;
  /** The status that stands instead of headers, 0 when there is none. */
  readonly status: number;
}

/** Where changes of a key are published. */
export function keySubject(key: string): string {
  return `$KV.${CONFIG_BUCKET}.${key}`;
}

/** Where the newest version of a key is asked for: a read from the stream itself that needs no other right. */
export function directGetSubject(key: string): string {
  return `$JS.API.DIRECT.GET.KV_${CONFIG_BUCKET}.${keySubject(key)}`;
}

/** Reads the answer to a direct get; undefined when the key has no version, or was deleted. */
export function readStoredDocument({ data, header, status }: Answer): StoredDocument | undefined {
  const sequence = Number(header('Nats-Sequence'));
  // DEL or PURGE: the key was deleted.
  if (status !== 0 || !(sequence > 0) || header('KV-Operation') !== '') return undefined;
  const storedAt = Date.parse(header('Nats-Time-Stamp'));
  return {
    text: Buffer.from(data).toString('utf8'),
    sequence,
    storedAt: Number.isNaN(storedAt) ? 0 : storedAt,
  };
}

/**
 * Whether one version came after another: by sequence, or by time where the bucket was made anew and counts from 1
 * again. A replica that lags behind shows neither.
 */
export function isNewer(one: StoredDocument, other: StoredDocument | undefined): boolean {
  return other === undefined || one.sequence > other.sequence || one.storedAt > other.storedAt;
}
