import { lowestRequestId } from '@culvert/traffic/request-id';
import { HOUR_MS, hourOfPartition } from '../partition-names.ts';
import { LATE_MS, SLICE_MS, slicesOver } from './slices.ts';

/** An index that a partition of exchanges lacks. */
export interface MissingIndex {
  readonly partition: string;
  readonly name: string;
  /** What stands in its definition from `USING` on. */
  readonly using: string;
  /** The index of the whole table that it is to be a part of; undefined for one of hours that are over. */
  readonly parent: string | undefined;
  /** Whether it covers a slice of the hour only. */
  readonly slice: boolean;
}

/** What the catalog says of a partition. */
export interface PartitionIndexes {
  readonly partition: string;
  /** Its indexes that are not part of one of the whole table. */
  readonly own: readonly { readonly name: string; readonly valid: boolean }[];
  /** The indexes of the whole table that it has no part of. */
  readonly lacking: readonly { readonly name: string; readonly definition: string }[];
}

/**
 * Tells which indexes partitions lack: those of the whole table, and those that are only made when an hour, or a slice
 * of it, is over, because keeping them up to date while exchanges come costs several times as much.
 *
 * @param now Unix time in milliseconds
 * @param trigrams the schema of the extension pg_trgm; undefined when there is none
 */
export function missingIndexes(
  partitions: readonly PartitionIndexes[],
  now: number,
  trigrams: string | undefined,
): MissingIndex[] {
  return partitions.flatMap((one) => [...ofTable(one), ...ofHour(one, now, trigrams)]);
}

/** Tells which indexes nobody needs any more: those of slices of an hour that has got the same for all of it. */
export function obsoleteIndexes(partitions: readonly PartitionIndexes[]): string[] {
  return partitions.flatMap(({ own }) => {
    const whole = new Set(own.filter(({ valid }) => valid).map(({ name }) => name));
    return own.map(({ name }) => name).filter((name) => whole.has(wholeOf(name) ?? ''));
  });
}

function ofTable({ partition, lacking }: PartitionIndexes): MissingIndex[] {
  return lacking.map(({ name, definition }) => ({
    partition,
    name: `${partition}${name.slice('http_transactions'.length)}`,
    using: definition.slice(definition.indexOf(' USING ') + 1),
    parent: name,
    slice: false,
  }));
}

function ofHour(
  { partition, own }: PartitionIndexes,
  now: number,
  trigrams: string | undefined,
): MissingIndex[] {
  const wanted = {
    path: 'USING btree (left(path, 255) COLLATE "C")',
    ...(trigrams !== undefined && {
      url: `USING gin (lower(url COLLATE "C") ${trigrams}.gin_trgm_ops)`,
    }),
  };
  const there = new Set(own.filter(({ valid }) => valid).map(({ name }) => name));
  const hour = hourOfPartition(partition);
  const isOver = hour + HOUR_MS + LATE_MS <= now;
  return Object.entries(wanted)
    .flatMap(([suffix, using]) => {
      const name = `${partition}_${suffix}`;
      if (there.has(name)) return [];
      if (isOver) return [{ name, using, slice: false }];
      return slicesOver(hour, now).map((slice) => ({ ...ofSlice(name, using, slice), slice: true }));
    })
    .map((index) => ({ partition, parent: undefined, ...index }))
    .filter(({ name }) => !there.has(name));
}

/** Named by the minute that the slice begins in. */
function ofSlice(whole: string, using: string, slice: number): { name: string; using: string } {
  const minute = new Date(slice).toISOString().slice(14, 16);
  const [from, to] = [lowestRequestId(slice), lowestRequestId(slice + SLICE_MS)];
  return {
    name: `${whole}_${minute}`,
    using: `${using} WHERE request_id >= '${from}' AND request_id < '${to}'`,
  };
}

/** The name of the index of the hour that the index of a slice stands in for; undefined for other indexes. */
function wholeOf(name: string): string | undefined {
  return /^(.*_(?:path|url))_\d\d$/.exec(name)?.[1];
}
