/** What a set of subscribers has measured. Latencies are milliseconds from an exchange's end to its receipt. */
export interface ViewersReport {
  readonly received: number;
  /** GapMarkers, and the sum of what they say was lost. */
  readonly gaps: number;
  readonly lost: number;
  /** Exchanges whose end came more than once. */
  readonly repeated: number;
  readonly latencyMs: {
    readonly least: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  /** What went wrong, at most a few. */
  readonly problems: readonly string[];
}

/** The path that a subscriber follows: no other's begins like it. */
export function followedPath(viewer: number): string {
  return `/${String(viewer).padStart(2, '0')}/`;
}
