import { randomInt } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 45 letters hold 256 bits. */
const LENGTH = 45;

/**
 * An unguessable text of letters alone: it stands in URLs, shells and nats-server's configuration, where digits and
 * signs would need care.
 */
export function randomText(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
