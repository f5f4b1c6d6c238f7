import type { Logger } from '@culvert/runtime/log';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { openBucket, type Bucket } from './distribute/bucket.ts';
import { createDistributor } from './distribute/documents.ts';
import { hearHeartbeats, type Heartbeats } from './distribute/heartbeats.ts';
import { linkNats, type NatsLink } from './distribute/nats-link.ts';
import type { ModeSetting } from './inject/facts.ts';
import type { EventRecorder } from './events/recorder.ts';
import type { KubernetesClient } from './kubernetes/client.ts';
import type { Metrics } from './metrics/metrics.ts';
import { systemTimers } from './queue/timers.ts';
import { createAgentSecrets, type AgentSecrets } from './reconcile/agent-secret.ts';
import { together } from './reconcile/pull-secrets.ts';
import { createController, type Controller } from './reconcile/controller.ts';
import type { PolicyBook } from './reconcile/policy-book.ts';
import { reconcileNamespace, type Reconciler } from './reconcile/reconcile.ts';
import { createStatusWriter } from './reconcile/status-writer.ts';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import type { Reflectors } from './watch/reflectors.ts';
import type { Stores } from './watch/stores.ts';

/** How long the first reconciliation waits for NATS, so that a status does not complain for a moment. */
const NATS_PATIENCE_MS = 5_000;

/** What a replica does while it leads. */
export interface Leading {
  readonly controller: Controller;
  readonly heartbeats: Heartbeats;
  readonly link: NatsLink;
  stop(): Promise<void>;
}

export interface LeadingOptions {
  readonly config: Config;
  readonly client: KubernetesClient;
  readonly stores: Stores;
  readonly reflectors: Reflectors;
  readonly book: PolicyBook;
  readonly events: EventRecorder;
  readonly pullSecrets: AgentSecrets;
  /** How pods are injected on this cluster. */
  readonly mode: () => ModeSetting;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly log: Logger;
}

/** Begins to reconcile: watches pods and Services, connects to NATS, and works through everything once. */
export function startLeading(options: LeadingOptions): Leading {
  const { config, client, stores, book, metrics, log } = options;
  const timers = systemTimers;
  const link = linkNats(config.natsUrl, config.secretsDir, log);
  const { promise: bucketRead, resolve: nowRead } = Promise.withResolvers<void>();
  let begun = false;
  let stopped = false;
  let cancelComplaint: () => void = () => undefined;

  const bucket: Bucket = openBucket(
    link,
    {
      onRead() {
        cancelComplaint();
        nowRead();
        if (begun) controller.touchAll();
      },
      onLost() {
        cancelComplaint();
        cancelComplaint = timers.after(NATS_PATIENCE_MS, () => {
          if (begun) controller.touchAll();
        });
      },
      onForeignChange: (key) => {
        controller.touch(namespaceOf(key));
      },
    },
    log,
  );
  const heartbeats = hearHeartbeats({
    link,
    cluster: config.cluster,
    now: () => timers.now(),
    log,
    onRevision: (_agentId, namespace) => {
      controller.touchByHeartbeat(namespace);
    },
  });
  const secrets = together(createAgentSecrets(client, config.agentSecretsDir), options.pullSecrets);
  const statuses = createStatusWriter(client, options.events, () => {
    metrics.statusWritten();
  });
  const reconciler: Reconciler = {
    client,
    stores,
    book,
    bucket,
    heartbeats,
    secrets,
    statuses,
    protectedNamespaces: ['kube-system', config.namespace],
    get mode() {
      return options.mode();
    },
    distributor: createDistributor({
      bucket,
      graceMs: config.documentGraceMs,
      now: () => timers.now(),
      onWrite: (operation) => {
        metrics.documentWritten(operation);
      },
    }),
    onRestart(namespace, { kind, name, uid, workload }, restartFor) {
      metrics.restarted(kind);
      log.info({ namespace, workload, restartFor }, 'restarts a workload');
      const note = `Culvert restarts the pods (${restartFor}), as a CapturePolicy with rolloutPolicy RollingUpdate asks for`;
      const regarding = { apiVersion: 'apps/v1', kind, name, namespace, uid };
      options.events.record(regarding, { type: 'Normal', reason: 'Restarted', note }, 'Restart');
    },
  };
  const controller = createController({
    stores,
    reconcile: (namespace) => reconcileNamespace(reconciler, namespace),
    timers,
    workers: config.workers,
    debounceMs: config.debounceMs,
    resyncMs: config.resyncMs,
    tracing: options.tracing,
    metrics,
    log,
    statuses,
    secrets,
    heartbeats: () => heartbeats,
    namespacesInBucket: () => bucket.keys().map(namespaceOf),
  });

  const begin = async (): Promise<void> => {
    const patience = new AbortController();
    await Promise.all([
      options.reflectors.startForLeader(),
      Promise.race([bucketRead, sleep(NATS_PATIENCE_MS, undefined, { signal: patience.signal })]).catch(
        () => undefined,
      ),
    ]);
    patience.abort();
    if (stopped) return;
    begun = true;
    log.info({ policies: stores.capturePolicies.size, pods: stores.pods.size }, 'reconciles');
    controller.touchAll();
  };
  void begin();

  return {
    controller,
    heartbeats,
    link,
    async stop() {
      stopped = true;
      cancelComplaint();
      await controller.stop();
      bucket.stop();
      await link.close();
    },
  };
}

/** The namespace in a key: names of namespaces need no encoding. */
function namespaceOf(key: string): string {
  return key.split('.')[1] ?? '';
}
