import { lowestRequestId } from '@culvert/traffic/request-id';

/** One partition: its name, its parent and the bounds of its range as SQL literals. */
export interface Partition {
  readonly parent: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Tables with one partition an hour, by the time in the request id or by their own column. */
const BY_REQUEST_ID = ['http_transactions', 'http_bodies', 'websocket_frames'];
const BY_TIME = ['system_metrics'];

/** The beginning of the hour that holds a time. */
export function hourOf(unixMs: number): number {
  return Math.floor(unixMs / HOUR_MS) * HOUR_MS;
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
    })),
    ...BY_TIME.map((parent) => ({
      parent,
      name: `${parent}_${suffix}`,
      from: `'${new Date(hour).toISOString()}'`,
      to: `'${new Date(end).toISOString()}'`,
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
  };
}
