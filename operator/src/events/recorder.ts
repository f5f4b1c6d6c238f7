import { createHash } from 'node:crypto';
import type { Logger } from '@culvert/runtime/log';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isNotFound } from '../kubernetes/errors.ts';
import { eventsPath } from '../kubernetes/paths.ts';
import type { Notice } from './decide.ts';

const CONTROLLER = 'culvert.dev/operator';
/** Within this time an equal notice is counted instead of told again. */
const SERIES_MS = 600_000;
const MOST_SERIES = 10_000;
const LONGEST_NOTE = 1_024;
/** Writes under way at once, and notices that may wait: events are the first thing to go without. */
const AT_ONCE = 2;
const MOST_WAITING = 1_000;

/** The object that an event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string | undefined;
}

/** Tells people what happens by Events. */
export interface EventRecorder {
  /** Returns at once. An event that can't be written is logged. */
  record(regarding: Regarding, notice: Notice, action: string): void;
}

/** @param instance this replica's name */
export function createEventRecorder(
  client: Pick<KubernetesClient, 'create' | 'merge'>,
  instance: string,
  log: Logger,
): EventRecorder {
  const series = new Map<string, { name: string; count: number; at: number }>();
  const waiting: (() => Promise<void>)[] = [];
  let active = 0;

  const write = async (regarding: Regarding, notice: Notice, action: string): Promise<void> => {
    const { namespace } = regarding;
    const key = [regarding.kind, namespace, regarding.name, notice.type, notice.reason, notice.note].join(
      '\n',
    );
    const now = Date.now();
    const time = new Date(now).toISOString().replace('Z', '000Z');
    const known = series.get(key);
    if (known !== undefined && now - known.at < SERIES_MS) {
      known.count++;
      known.at = now;
      const repeated = { series: { count: known.count, lastObservedTime: time } };
      const found = await client.merge(`${eventsPath(namespace)}/${known.name}`, repeated).then(
        () => true,
        (error: unknown) => {
          if (isNotFound(error)) return false; // the API server forgets events after an hour
          throw error;
        },
      );
      if (found) return;
    }
    const digest = createHash('sha256').update(`${key}\n${now}`).digest('hex').slice(0, 16);
    // A pod that gets a name from `generateName` has none yet but this, which ends in a dash: no part of a name may.
    const name = `${regarding.name.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${digest}`;
    await client.create(eventsPath(namespace), {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: time,
      reportingController: CONTROLLER,
      reportingInstance: instance.slice(0, 128),
      action,
      reason: notice.reason,
      type: notice.type,
      note: notice.note.slice(0, LONGEST_NOTE),
      regarding,
    });
    series.delete(key);
    series.set(key, { name, count: 1, at: now });
    const [oldest] = series.keys();
    if (series.size > MOST_SERIES && oldest !== undefined) series.delete(oldest);
  };

  const advance = async (): Promise<void> => {
    active++;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
    active--;
  };
  return {
    record(regarding, notice, action) {
      if (waiting.length >= MOST_WAITING) {
        log.warn({ ...regarding, reason: notice.reason }, 'an event is left out, because too many wait');
        return;
      }
      waiting.push(() =>
        write(regarding, notice, action).catch((error: unknown) => {
          log.warn({ ...regarding, err: error, reason: notice.reason }, 'an event could not be written');
        }),
      );
      if (active < AT_ONCE) void advance();
    },
  };
}
