import type { SidecarBooks } from '../accounts.ts';

/** Reads the books of a sidecar's exchanges from its `/metrics`. */
export async function readSidecarBooks(metricsPort: number): Promise<SidecarBooks> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, {
    signal: AbortSignal.timeout(5_000),
  });
  return parseBooks(await response.text());
}

/**
 * Reads the books from Prometheus text.
 *
 * @throws when it doesn't count what was captured
 */
export function parseBooks(metrics: string): SidecarBooks {
  const read = (name: string): readonly number[] =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))]
      .filter(([, labels]) => labels === undefined || labels.includes('kind="exchange"'))
      .map(([, , value]) => Number(value));
  const sum = (name: string): number => read(name).reduce((total, value) => total + value, 0);
  if (read('culvert_captured_total').length === 0)
    throw new Error('the sidecar does not say what it captured');
  return {
    captured: sum('culvert_captured_total'),
    excluded: sum('culvert_excluded_total'),
    sampledOut: sum('culvert_sampled_out_total'),
    dropped: sum('culvert_dropped_total'),
    open: sum('culvert_open_exchanges'),
    spooled: sum('culvert_spooled'),
    published: sum('culvert_published_total'),
    acknowledged: sum('culvert_acknowledged_total'),
  };
}
