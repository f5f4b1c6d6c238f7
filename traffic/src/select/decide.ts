import type { CompiledRules } from './compile.ts';
import { matchAny } from './match.ts';
import { isProbe } from './probe.ts';
import { isSampled, type RequestIdBits } from './sampling.ts';
import type { RequestSpans } from './spans.ts';

/**
 * What becomes of an exchange. `undecided` waits for the status of its response; the others say why it is left out:
 * `port` because nothing of its port is captured, `probe`, `exclude` and `match` by the rule of that name, `sampling`.
 */
export type Selection = 'keep' | 'undecided' | 'sampling' | ExcludeReason;

/** Why policy leaves an exchange out. */
export type ExcludeReason = 'port' | 'probe' | 'exclude' | 'match';

/**
 * Decides about an exchange when its request has come, and once more with the status where the first answer was
 * `undecided`. What sampling leaves out is known at once, so nothing is held for it while a status is awaited.
 *
 * @param status of the response; undefined while it has not come, 0 when none will come
 */
export function selectExchange(
  rules: CompiledRules,
  request: RequestSpans,
  id: RequestIdBits,
  status: number | undefined,
): Selection {
  if (rules.capture !== 'http') return 'port';
  if (rules.keepsAll) return 'keep';
  if (rules.excludeProbes && isProbe(request)) return 'probe';
  const excluded = rules.exclude.length > 0 && matchAny(rules.exclude, request, status);
  if (excluded === true) return 'exclude';
  const matched = rules.match.length === 0 || matchAny(rules.match, request, status);
  if (matched === false) return 'match';
  if (!isSampled(rules.samplingThreshold, request, id)) return 'sampling';
  return excluded === 'unknown' || matched === 'unknown' ? 'undecided' : 'keep';
}
