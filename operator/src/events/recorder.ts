import { createHash } from 'node:crypto';
import type { Logger } from '@culvert/runtime/log';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isNotFound } from '../kubernetes/errors.ts';
import type { ObjectMetadata } from '../kubernetes/objects.ts';
import { eventsPath } from '../kubernetes/paths.ts';
import type { Notice } from './decide.ts';

const CONTROLLER = 'culvert.dev/operator';
/** Within this time an equal notice is counted instead of told again. */
const SERIES_MS = 600_000;
const MOST_SERIES = 10_000;
const LONGEST_NOTE = 1_024;

/** Tells people about policies by Events. */
export interface EventRecorder {
  /** Never throws: an event that can't be written is logged. */
  record(policy: ObjectMetadata, notice: Notice, action: string): Promise<void>;
}

/** @param instance this replica's name */
export function createEventRecorder(
  client: Pick<KubernetesClient, 'create' | 'merge'>,
  instance: string,
  log: Logger,
): EventRecorder {
  const series = new Map<string, { name: string; count: number; at: number }>();

  const write = async (policy: ObjectMetadata, notice: Notice, action: string): Promise<void> => {
    const namespace = policy.namespace ?? 'default';
    const key = [policy.uid, notice.type, notice.reason, notice.note].join('\n');
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
    const name = `${policy.name.slice(0, 200)}.${digest}`;
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
      regarding: {
        apiVersion: 'culvert.dev/v1alpha1',
        kind: 'CapturePolicy',
        name: policy.name,
        namespace,
        uid: policy.uid,
      },
    });
    series.delete(key);
    series.set(key, { name, count: 1, at: now });
    if (series.size > MOST_SERIES) {
      for (const oldest of series.keys()) {
        series.delete(oldest);
        break;
      }
    }
  };

  return {
    async record(policy, notice, action) {
      try {
        await write(policy, notice, action);
      } catch (error) {
        log.warn({ err: error, policy: policy.name, reason: notice.reason }, 'an event could not be written');
      }
    },
  };
}
