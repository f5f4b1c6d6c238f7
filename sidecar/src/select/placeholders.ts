import { hash, randomBytes } from 'node:crypto';
import type { Placeholder } from '@culvert/traffic/select/redact/edits';

const PREFIX = 'redacted:';
/** 64 bits: enough to tell values apart, too few to be mistaken for the secret. */
const HEX_DIGITS = 16;
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER = 0x36;
const OUTER = 0x5c;

/**
 * Texts in the place of secrets: `redacted:` and the beginning of the HMAC-SHA-256 of the value, so that equal values
 * stay comparable and nobody without the key can try out values.
 */
export class Placeholders {
  #inner = Buffer.alloc(0);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  /** Begins with a random key. */
  constructor() {
    this.useKey(randomBytes(DIGEST_BYTES));
  }

  /** Uses a key of any length from now on. */
  useKey(key: Uint8Array): void {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key);
    this.#inner = Buffer.from(block.map((byte) => byte ^ INNER));
    this.#outer.set(block.map((byte) => byte ^ OUTER));
  }

  /** The placeholder of a value. HMAC as RFC 2104 writes it: two one-shot hashes take an eighth of an Hmac object. */
  readonly of: Placeholder = (bytes, start, end) => {
    const message = Buffer.allocUnsafe(BLOCK_BYTES + end - start);
    message.set(this.#inner);
    message.set(bytes.subarray(start, end), BLOCK_BYTES);
    this.#outer.set(hash('sha256', message, 'buffer'), BLOCK_BYTES);
    return Buffer.from(PREFIX + hash('sha256', this.#outer, 'hex').slice(0, HEX_DIGITS), 'latin1');
  };
}
