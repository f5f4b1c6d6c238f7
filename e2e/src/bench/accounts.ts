/** What a sidecar says about the exchanges it has seen since it started. */
export interface SidecarBooks {
  readonly captured: number;
  readonly excluded: number;
  readonly sampledOut: number;
  readonly dropped: number;
  readonly open: number;
  readonly spooled: number;
  readonly published: number;
  readonly acknowledged: number;
}

/** What happened between two readings of the books, and how it fits what others have counted. */
export interface Audit {
  readonly captured: number;
  readonly dropped: number;
  readonly acknowledged: number;
  /** Exchanges that the load generator has seen answered and that are not in the stream. */
  readonly lost: number;
  /** What doesn't add up, in words; empty when everything does. */
  readonly problems: readonly string[];
}

/** Whether everything captured has found its end, so that a further reading would say the same. */
export function isSettled(books: SidecarBooks): boolean {
  return books.open === 0 && books.spooled === 0 && books.acknowledged === books.published;
}

/**
 * Holds the books against the load generator's count and against the stream itself.
 *
 * @param counted answers that the load generator has read to their end
 * @param inFlight how many requests more may have been under way when it stopped: one for each connection
 * @param inStream exchanges found in the stream, which was empty at the first reading
 */
export function audit(
  before: SidecarBooks,
  after: SidecarBooks,
  {
    counted,
    inFlight,
    inStream,
  }: { readonly counted: number; readonly inFlight: number; readonly inStream: number },
): Audit {
  const captured = after.captured - before.captured;
  const dropped = after.dropped - before.dropped;
  const acknowledged = after.acknowledged - before.acknowledged;
  const elsewhere = after.excluded + after.sampledOut + after.dropped + after.open + after.spooled;
  const problems: string[] = [];
  if (after.captured !== elsewhere + after.published)
    problems.push(
      `captured ${after.captured} is not ${elsewhere} elsewhere and ${after.published} published`,
    );
  if (!isSettled(after))
    problems.push(`${after.published - after.acknowledged} published and not acknowledged`);
  if (captured < counted) problems.push(`${counted - captured} answered and not captured`);
  if (captured > counted + inFlight)
    problems.push(`${captured - counted} captured and not counted, with ${inFlight} in flight at the end`);
  if (acknowledged !== inStream) problems.push(`${acknowledged} acknowledged, ${inStream} in the stream`);
  const stored = Math.min(acknowledged, inStream);
  return {
    captured,
    dropped,
    acknowledged,
    lost: Math.max(0, counted - captured) + Math.max(0, captured - stored),
    problems,
  };
}
