import { lowestRequestId } from '@culvert/traffic/request-id';

/** One partition: its name, its parent and the bounds of its range as SQL literals. */
export interface Partition {
  readonly parent: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Unix time in milliseconds from which on retention counts it; Infinity where that is none of its business. */
  readonly begins: number;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Tables with one partition an hour, by the time in the request id or by their own column. */
const BY_REQUEST_ID = ['http_transactions', 'http_bodies', 'websocket_frames'];
const BY_TIME = ['system_metrics'];

/** The tables with hourly partitions; first the one that others hang on. */
export const HOURLY_TABLES: readonly string[] = [...BY_REQUEST_ID, ...BY_TIME];

/** The beginning of the hour that holds a time. */
export function hourOf(unixMs: number): number {
  return Math.floor(unixMs / HOUR_MS) * HOUR_MS;
}

/** The hour of a partition, from the digits at the end of its name. */
export function hourOfPartition(name: string): number {
  const [, year, month, day, hour] = /_(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(name) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour));
}

/** The partitions of all hourly tables for the hour that begins at a time. */
export function hourlyPartitions(hour: number): Partition[] {
  const suffix = new Date(hour).toISOString().slice(0, 13).replaceAll(/\D/g, '');
  const end = hour + HOUR_MS;
  return [
    ...BY_REQUEST_ID.map((parent) => ({
      parent,
      name: `${parent}_${suffix}`,
      from: `'${lowestRequestId(hour)}'`,
      to: `'${lowestRequestId(end)}'`,
      begins: hour,
    })),
    ...BY_TIME.map((parent) => ({
      parent,
      name: `${parent}_${suffix}`,
      from: `'${new Date(hour).toISOString()}'`,
      to: `'${new Date(end).toISOString()}'`,
      begins: hour,
    })),
  ];
}

export const BATCHES = 'ingest_batches';

/** The partition of `ingest_batches` for a day, counted since 1970. */
export function dailyPartition(day: number): Partition {
  const date = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);
  return {
    parent: BATCHES,
    name: `${BATCHES}_${date(day).replaceAll('-', '')}`,
    from: `'${date(day)}'`,
    to: `'${date(day + 1)}'`,
    begins: Number.POSITIVE_INFINITY,
  };
}
