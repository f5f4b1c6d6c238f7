import type { Books } from '../readback/books.ts';
import type { Style } from './style.ts';

/** An agent's books in two lines. */
export function formatBooks(agentId: string, books: Books | undefined, style: Style): string {
  if (books === undefined) return `  ${agentId} has not reported yet`;
  const { counts } = books;
  const verdict = books.balanced ? style.good('balanced') : style.bad('not balanced');
  return [
    `  ${agentId}: ${verdict}. Captured ${counts.captured} = stored ${counts.stored} + in the stream ${counts.inStream} + spooled ${counts.spooled}`,
    `    + open ${counts.open} + dropped ${counts.dropped} + dead letters ${counts.deadLettered} + excluded ${counts.excluded} + sampled out ${counts.sampledOut};`,
    `    ${counts.connections} connections, ${counts.opaqueConnections} of them opaque. Runs before this one count too.`,
  ].join('\n');
}
