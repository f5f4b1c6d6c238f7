import { PATH_TEMPLATE_BYTES, writePathTemplate } from '@culvert/traffic/path-template';
import { addDelta, addLatency, createDelta, type Delta } from './delta.ts';
import type { PathFolds } from './path-folds.ts';
import { knownMethod } from '../known-method.ts';
import { isFailure, statusClass, type Series, type SeriesOwner } from './group.ts';
import { bucketOf } from './histogram.ts';
import { MINUTE_MS } from '../store/partition-names.ts';

/** What an exchange that has ended is counted by. Missing texts are empty. */
export interface Counted {
  /** Unix time of the request's first byte in milliseconds. */
  readonly unixMs: number;
  readonly source: Buffer;
  readonly methodStart: number;
  readonly methodEnd: number;
  readonly pathStart: number;
  readonly pathEnd: number;
  readonly status: number | undefined;
  readonly outcome: number;
  /** The number of a MessageEnd; 0 where nothing is told. */
  readonly responseEnd: number;
  readonly durationUs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** What one transaction adds to a series and a minute. */
export interface TalliedDelta {
  /** Where the minute begins, in Unix milliseconds. */
  readonly minute: number;
  readonly series: Series;
  readonly delta: Delta;
}

/** Counts the exchanges of one transaction. */
export interface Tally {
  /** Counts an exchange of an owner; a weight of −1 takes it back. */
  add(owner: SeriesOwner, exchange: Counted, weight?: number): void;
  /** All that was counted, each series and minute once. */
  deltas(folds: PathFolds): TalliedDelta[];
}

/** Longer ones are unknown anyway. */
const LONGEST_METHOD = 16;
const SPACE = 0x20;
const ZERO = 0x30;
const KEY = Buffer.alloc(LONGEST_METHOD + 2 + PATH_TEMPLATE_BYTES);

interface OwnedMinute {
  readonly owner: SeriesOwner;
  readonly minute: number;
  /** By status class, method and path template, as {@link keyOf} writes them. */
  readonly deltas: Map<string, Delta>;
}

/** Starts with nothing counted. */
export function createTally(): Tally {
  const minutes = new Map<string, OwnedMinute>();
  let last: OwnedMinute | undefined;

  /** Exchanges come in batches of one owner, nearly all of one minute. */
  function minuteOf(owner: SeriesOwner, unixMs: number): OwnedMinute {
    const minute = Math.floor(unixMs / MINUTE_MS) * MINUTE_MS;
    if (last?.minute === minute && last.owner === owner) return last;
    const key = [minute, owner.cluster, owner.namespace, owner.workload].join('\0');
    const known = minutes.get(key);
    // The same owner as an object of another batch: kept as the one to compare with.
    last = { owner, minute, deltas: known?.deltas ?? new Map<string, Delta>() };
    if (known === undefined) minutes.set(key, last);
    return last;
  }

  return {
    add(owner, exchange, weight = 1) {
      const { deltas } = minuteOf(owner, exchange.unixMs);
      const statusClassOfIt = statusClass(exchange.status);
      const key = keyOf(exchange, statusClassOfIt);
      let delta = deltas.get(key);
      if (delta === undefined) deltas.set(key, (delta = createDelta()));
      delta.count += weight;
      if (isFailure(statusClassOfIt, exchange.outcome, exchange.responseEnd)) delta.errors += weight;
      delta.requestBytes += weight * exchange.requestBytes;
      delta.responseBytes += weight * exchange.responseBytes;
      addLatency(delta, bucketOf(exchange.durationUs), weight);
    },
    deltas: (folds) => [...minutes.values()].flatMap((minute) => foldedDeltas(minute, folds)),
  };
}

/** Writes class, method and template as one text: all of it is ASCII, and a method has no space. */
function keyOf(exchange: Counted, statusClassOfIt: number): string {
  const { source, methodStart, methodEnd, pathStart, pathEnd } = exchange;
  let to = 0;
  KEY[to++] = ZERO + statusClassOfIt;
  if (methodEnd - methodStart <= LONGEST_METHOD)
    for (let i = methodStart; i < methodEnd; i++) KEY[to++] = source[i] as number;
  KEY[to++] = SPACE;
  to = writePathTemplate(source, pathStart, pathEnd, KEY, to);
  return KEY.toString('latin1', 0, to);
}

/** The deltas of an owner and a minute under the methods and templates that they are kept under. */
function foldedDeltas({ owner, minute, deltas }: OwnedMinute, folds: PathFolds): TalliedDelta[] {
  const { cluster, namespace, workload } = owner;
  const folded = new Map<string, TalliedDelta>();
  for (const [key, delta] of deltas) {
    const space = key.indexOf(' ');
    const method = knownMethod(key.slice(1, space));
    const pathTemplate = folds.apply(owner, key.slice(space + 1));
    const name = `${key.charAt(0)}${method} ${pathTemplate}`;
    const known = folded.get(name);
    if (known !== undefined) addDelta(known.delta, delta);
    else {
      const series = {
        cluster,
        namespace,
        workload,
        method,
        pathTemplate,
        statusClass: Number(key.charAt(0)),
      };
      folded.set(name, { minute, series, delta });
    }
  }
  return [...folded.values()];
}
