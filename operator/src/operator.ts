import { setTimeout as delay } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { startAdminServer, type AdminServer } from '@culvert/runtime/admin';
import { systemClock } from '@culvert/runtime/clock';
import { shutDown } from '@culvert/runtime/lifecycle';
import type { Logger } from '@culvert/runtime/log';
import { startTracing } from '@culvert/runtime/tracing/start';
import type { Config } from './config.ts';
import { createEventRecorder } from './events/recorder.ts';
import { createKubernetesClient } from './kubernetes/client.ts';
import { startElector, type Elector } from './leader/elector.ts';
import { startLeading, type Leading } from './leading.ts';
import { createMetrics } from './metrics/metrics.ts';
import { systemTimers } from './queue/timers.ts';
import { createPolicyBook } from './reconcile/policy-book.ts';
import { followClusterMode } from './cluster-mode.ts';
import { createAdmissionLookups } from './admission-lookups.ts';
import { createPullSecrets } from './reconcile/pull-secrets.ts';
import { injectionSettings, pullSecretsOf } from './settings/injection.ts';
import { regardingOf } from './events/admission.ts';
import { startInjector } from './webhook/injector.ts';
import { createReflectors } from './watch/reflectors.ts';
import { createStores } from './watch/stores.ts';
import { readNamespaceLimits } from './namespace-limits.ts';

/** An operator that runs. */
export interface Operator {
  readonly metricsPort: number;
  readonly webhookPort: number;
  /** Resolves with the reason when the lease is lost: then the process must end. */
  readonly lost: Promise<string>;
  /** Ends what is under way and hands the lease on. */
  stop(): Promise<boolean>;
}

/**
 * Builds the operator's parts and starts them. Every replica admits pods and answers about its health; the one that
 * leads reconciles.
 *
 * @throws when a port can't be used or the kubeconfig names no API server
 */
export async function startOperator(
  config: Config,
  version: string,
  kubeConfig: KubeConfig,
  log: Logger,
): Promise<Operator> {
  const tracing = await startTracing(config, { instance: config.pod, version, log });
  const client = createKubernetesClient(kubeConfig, tracing);
  const stores = createStores();
  const book = createPolicyBook(stores.capturePolicies);
  const { promise: lost, resolve: nowLost } = Promise.withResolvers<string>();
  let leading: Leading | undefined;
  let elector: Elector | undefined;
  let ending = false;
  const metrics = createMetrics({
    leads: () => leading !== undefined,
    queueDepth: () => leading?.controller.queue.depth ?? 0,
    queueActive: () => leading?.controller.queue.active ?? 0,
    queueRetries: () => leading?.controller.queue.retries ?? 0,
    objects: () => ({
      capturePolicies: stores.capturePolicies.size,
      namespaces: stores.namespaces.size,
      pods: stores.pods.size,
      services: stores.services.size,
    }),
    natsConnected: () => leading?.link.connected ?? false,
    heardAgents: () => leading?.heartbeats.size ?? 0,
  });
  const reflectors = createReflectors(
    client,
    stores,
    (kind, reason) => {
      metrics.watchBegun(kind, reason);
    },
    log,
  );
  const mode = await followClusterMode(client, config.injectionMode, systemTimers, log);
  const pullSecrets = createPullSecrets(client, config.namespace, pullSecretsOf(config));
  const events = createEventRecorder(client, config.pod, log);
  const injector = await startInjector({
    port: config.webhookPort,
    namespace: config.namespace,
    name: config.name,
    configuration: config.webhookConfiguration,
    service: config.webhookService,
    certificates: config.certificates,
    certificateDir: config.certificateDir,
    patchCaBundle: config.patchCaBundle,
    client,
    lookups: createAdmissionLookups(
      client,
      stores,
      book,
      readNamespaceLimits(client, systemTimers, log),
      pullSecrets,
    ),
    settings: injectionSettings(config, version, mode.current),
    registry: metrics.registry,
    tracing,
    clock: systemClock,
    log,
    notify(notice) {
      const { reason, message } = notice;
      events.record(regardingOf(notice), { type: 'Warning', reason, note: message }, 'Inject');
    },
    leads: () => leading !== undefined,
  });
  let admin: AdminServer;
  try {
    admin = await startAdminServer({
      host: config.metricsHost,
      port: config.metricsPort,
      registry: metrics.registry,
      log,
      readiness: [
        {
          name: 'kubernetes',
          run: () =>
            stores.capturePolicies.synced && stores.namespaces.synced
              ? undefined
              : 'policies and namespaces have not been read yet',
        },
        injector.check,
        { name: 'shutdown', run: () => (ending ? 'the operator ends' : undefined) },
      ],
    });
  } catch (error) {
    await injector.close();
    throw error;
  }
  log.info({ server: client.server, pod: config.pod, version }, 'operator starts');
  const lead = (): void => {
    leading = startLeading({
      config,
      client,
      stores,
      reflectors,
      book,
      events,
      pullSecrets,
      mode: mode.current,
      metrics,
      tracing,
      log,
    });
  };
  void reflectors.startForAll();
  if (config.leaderElection) {
    elector = startElector({
      client,
      namespace: config.namespace,
      name: `${config.name}-operator`,
      identity: config.pod,
      durationMs: config.leaseDurationMs,
      renewDeadlineMs: config.renewDeadlineMs,
      retryMs: config.retryPeriodMs,
      timers: systemTimers,
      log,
      onElected: lead,
      onLost: nowLost,
    });
  } else lead();

  return {
    metricsPort: admin.port,
    webhookPort: injector.port,
    lost,
    stop: () => {
      ending = true;
      return shutDown(
        [
          { name: 'end reconciling', timeoutMs: 10_000, run: () => leading?.stop() },
          { name: 'release the lease', timeoutMs: 5_000, run: () => elector?.stop() },
          // Whoever has not heard yet that this replica ends still sends pods here.
          {
            name: 'admit what is on its way',
            timeoutMs: config.webhookLingerMs + 1_000,
            run: () => delay(config.webhookLingerMs),
          },
          { name: 'close the webhook', timeoutMs: 10_000, run: () => injector.close() },
          { name: 'end watches', timeoutMs: 2_000, run: () => reflectors.stop() },
          { name: 'send spans', timeoutMs: 5_000, run: () => tracing.close() },
          {
            name: 'close connections',
            timeoutMs: 2_000,
            run: async () => {
              mode.stop();
              client.close();
              await admin.close();
            },
          },
        ],
        log,
      );
    },
  };
}
