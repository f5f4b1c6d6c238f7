/** Work beside storing that nobody waits for, by name: what is wrong with it, a sentence, or undefined. */
export type UpkeepFaults = Readonly<Record<string, () => string | undefined>>;

/**
 * What `/health/detailed` tells of upkeep. It is no part of readiness: while it fails, what comes is stored nevertheless,
 * and a replica that takes no requests would mend nothing. Where it fails for so long that storing does too, that says so.
 */
export type UpkeepReport = Readonly<
  Record<string, { readonly status: 'ok' | 'failing'; readonly message: string }>
>;

/** Asks all parts. */
export function reportUpkeep(faults: UpkeepFaults): UpkeepReport {
  return Object.fromEntries(
    Object.entries(faults).map(([part, fault]) => {
      const message = fault();
      return [part, { status: message === undefined ? 'ok' : 'failing', message: message ?? 'works' }];
    }),
  );
}
