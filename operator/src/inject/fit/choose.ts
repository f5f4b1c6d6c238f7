import { total, type Amount, type Part } from './amount.ts';
import { complies, containerComplies, exceeds, filled, type Rules } from './rules.ts';

/** What a container of ours can run with, of one resource, in its unit. */
export interface Need {
  /** Less than this and it would hold traffic up or not start: then the pod is better off without it. */
  readonly least: number;
  /** Where a limit must be named, what it is unless the namespace says otherwise. */
  readonly enough: number;
  /** The finest step of amounts that are worked out. */
  readonly step: number;
}

/** Of a step, so that fractions which don't add up exactly don't cost one. */
const TOLERANCE = 1e-6;

/** What surrounds a container whose amount is chosen. */
export interface Place {
  readonly rules: Rules;
  /** The pod's other containers, in two pieces: those that start before and after it. */
  readonly before: readonly Part[];
  readonly after: readonly Part[];
  readonly role: Part['role'];
  /** What the whole pod is given, where it says so itself; its parts are not counted then. */
  readonly budget: Amount | undefined;
}

/**
 * Chooses the amount of one resource for a container of ours: what is wanted, or what is nearest to it of what the API
 * server would take. Less limit is tried before more request, because a request is taken from the node.
 *
 * @returns undefined when nothing would be taken that it can run with
 */
export function chooseAmount(wanted: Amount, need: Need, place: Place): Amount | undefined {
  const mayStayUnsaid = wanted.limit !== undefined || place.rules.filledIn.limit === undefined;
  if (mayStayUnsaid && isTaken(wanted, place)) return wanted;
  const most = Math.max(wanted.request ?? wanted.limit ?? 0, need.enough);
  let dear: Amount | undefined;
  for (const limit of limits(wanted, need, place)) {
    for (const request of requests(wanted, limit, need.step, place)) {
      const amount = { request, limit };
      if (!isTaken(amount, place)) continue;
      if ((request ?? 0) <= most) return amount;
      dear ??= amount;
    }
  }
  return dear;
}

function isTaken(amount: Amount, place: Place): boolean {
  const { rules, before, after, role, budget } = place;
  const container = filled(amount, rules);
  if (!containerComplies(container, rules)) return false;
  const whole = total([...before, { ...container, role }, ...after]);
  if (budget === undefined) return complies(whole, rules.pod);
  // A pod with a budget of its own is valid only while its containers stay within.
  if (budget.request !== undefined && exceeds(whole.request ?? 0, budget.request)) return false;
  if (budget.limit !== undefined && exceeds(container.limit ?? 0, budget.limit)) return false;
  return complies(budget, rules.pod);
}

/** Limits to try, the largest first. None at all comes before them where none is wanted and none would be filled in. */
function limits(wanted: Amount, need: Need, place: Place): readonly (number | undefined)[] {
  const { container, pod, filledIn } = place.rules;
  const others = total([...place.before, ...place.after]);
  const left = pod.max === undefined ? undefined : pod.max - (others.limit ?? 0);
  const largest = wanted.limit ?? Number.POSITIVE_INFINITY;
  const possible = [
    container.max,
    pod.max,
    left,
    filledIn.limit,
    times(wanted.request, container.ratio),
    need.enough,
    need.least,
  ].map((limit) => limit && Math.floor(limit / need.step + TOLERANCE) * need.step);
  const lower = possible.filter((limit) => limit !== undefined && limit >= need.least && limit <= largest);
  const raised = [container.min, pod.min].filter((limit) => limit !== undefined && limit > largest);
  const named = unique([wanted.limit, ...lower, ...raised]).sort((a, b) => b - a);
  return wanted.limit === undefined && filledIn.limit === undefined ? [undefined, ...named] : named;
}

/** Requests to try with a limit: the wanted one, then more, then less. */
function requests(
  wanted: Amount,
  limit: number | undefined,
  step: number,
  place: Place,
): readonly (number | undefined)[] {
  const { container, pod, filledIn } = place.rules;
  const others = total([...place.before, ...place.after]);
  const sum = (others.limit ?? 0) + (limit ?? 0);
  const workedOut = [
    container.min,
    pod.min === undefined ? undefined : pod.min - (others.request ?? 0),
    pod.max === undefined ? undefined : pod.max - (others.request ?? 0),
    filledIn.request,
    container.ratio === undefined || limit === undefined ? undefined : limit / container.ratio,
    pod.ratio === undefined ? undefined : sum / pod.ratio - (others.request ?? 0),
  ].map((request) => request && Math.ceil(request / step - TOLERANCE) * step);
  const possible = unique([wanted.request, limit, ...workedOut]).filter(
    (request) => request > 0 && request <= (limit ?? Number.POSITIVE_INFINITY),
  );
  const first = wanted.request ?? 0;
  const more = possible.filter((request) => request >= first).sort((a, b) => a - b);
  const less = possible.filter((request) => request < first).sort((a, b) => b - a);
  const all = [...more, ...less];
  return wanted.request === undefined && limit === undefined ? [undefined, ...all] : all;
}

function times(amount: number | undefined, factor: number | undefined): number | undefined {
  return amount === undefined || factor === undefined ? undefined : amount * factor;
}

function unique(values: readonly (number | undefined)[]): number[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
