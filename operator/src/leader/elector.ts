import type { Logger } from '@culvert/runtime/log';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isConflict, isNotFound } from '../kubernetes/errors.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { leasesPath } from '../kubernetes/paths.ts';
import type { Timers } from '../queue/timers.ts';
import { decideLease, observe, type LeaseSpec, type Observation } from './decide.ts';

interface Lease extends KubernetesObject {
  readonly spec?: LeaseSpec;
}

/** How to take part in an election. */
export interface ElectorOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Of this process; no other may use it. */
  readonly identity: string;
  readonly durationMs: number;
  /** A leader that has not renewed for so long has lost. */
  readonly renewDeadlineMs: number;
  /** Time between attempts. */
  readonly retryMs: number;
  readonly timers: Timers;
  readonly log: Logger;
  readonly onElected: () => void;
  /** The lease is lost: somebody else may lead from now on. Never called after {@link Elector.stop}. */
  readonly onLost: (reason: string) => void;
}

/** A candidate. */
export interface Elector {
  readonly leads: boolean;
  /** Takes no further part and releases the lease, so that another one leads at once. */
  stop(): Promise<void>;
}

/** Begins to try for the lease, and to renew it once it is held. */
export function startElector(options: ElectorOptions): Elector {
  const { client, timers, log, identity } = options;
  const path = leasesPath(options.namespace);
  let observed: Observation | undefined;
  let leads = false;
  let renewedAt = 0;
  let stopped = false;
  let cancel: () => void = () => undefined;
  let attempt: Promise<void> = Promise.resolve();

  const read = async (): Promise<Lease | undefined> =>
    client.get<Lease>(`${path}/${options.name}`).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const write = async (lease: Lease | undefined, spec: LeaseSpec): Promise<void> => {
    const object = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: lease?.metadata ?? { name: options.name, namespace: options.namespace },
      spec,
    };
    if (lease === undefined) await client.create(path, object);
    else await client.replace(`${path}/${options.name}`, object);
  };

  const tryOnce = async (): Promise<void> => {
    const startedAt = timers.now();
    const lease = await read();
    observed = observe(observed, lease?.spec, timers.now());
    const seconds = Math.ceil(options.durationMs / 1_000);
    const decision = decideLease(lease?.spec, observed, identity, seconds, timers.now(), microTime());
    if (stopped) return;
    if (decision.act === 'wait') {
      if (leads) lose(`${lease?.spec?.holderIdentity ?? 'somebody'} holds the lease`);
      return;
    }
    await write(lease, decision.spec);
    renewedAt = startedAt;
    if (leads || stopped) return;
    leads = true;
    log.info({ lease: options.name, identity }, 'leads');
    options.onElected();
  };

  const lose = (reason: string): void => {
    leads = false;
    stopped = true;
    cancel();
    log.error({ lease: options.name, identity, reason }, 'lost the lease');
    options.onLost(reason);
  };

  const schedule = (): void => {
    if (stopped) return;
    cancel = timers.after(options.retryMs, () => {
      attempt = round();
    });
  };
  const round = async (): Promise<void> => {
    // An attempt may take longer than the lease holds: the deadline counts meanwhile.
    const giveUp = leads
      ? timers.after(Math.max(0, renewedAt + options.renewDeadlineMs - timers.now()), () => {
          if (leads && !stopped) lose(`it could not be renewed for ${options.renewDeadlineMs} ms`);
        })
      : () => undefined;
    try {
      await tryOnce();
    } catch (error) {
      // A conflict means that another candidate was faster; the next attempt sees whom.
      if (!isConflict(error)) log.warn({ err: error }, 'the lease could not be read or written');
    }
    if (leads && timers.now() - renewedAt >= options.renewDeadlineMs)
      lose(`it could not be renewed for ${options.renewDeadlineMs} ms`);
    giveUp();
    schedule();
  };
  attempt = round();

  return {
    get leads() {
      return leads;
    },
    async stop() {
      const held = leads;
      stopped = true;
      leads = false;
      cancel();
      await attempt;
      if (!held) return;
      const lease = await read();
      if (lease?.spec?.holderIdentity !== identity) return;
      await write(lease, {
        ...lease.spec,
        holderIdentity: '',
        leaseDurationSeconds: 1,
        renewTime: microTime(),
      });
      log.info({ lease: options.name }, 'released the lease');
    },
  };
}

/** Kubernetes' MicroTime: RFC 3339 with six digits of fraction. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
