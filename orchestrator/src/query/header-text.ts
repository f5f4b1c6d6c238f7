import { HeaderBlock } from '@culvert/proto';

/**
 * Header fields as JSON: an array of `[name, value]` pairs in the order of the wire, each byte read as the latin1
 * character of its number.
 *
 * @param block an encoded HeaderBlock; null when no head was captured
 */
export function headerText(block: Buffer | null): string | null {
  if (block === null) return null;
  const { headers } = HeaderBlock.decode(block);
  return JSON.stringify(
    headers.map(({ name, value }) => [name.toString('latin1'), value.toString('latin1')]),
  );
}
