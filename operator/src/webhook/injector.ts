import type { Check } from '@culvert/runtime/admin';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import type { Registry } from 'prom-client';
import { createFileCertificates } from '../certificates/files.ts';
import { keepCertificates } from '../certificates/keeper.ts';
import { createKubernetesStore } from '../certificates/kubernetes-store.ts';
import { createManagedCertificates } from '../certificates/managed.ts';
import type { AdmissionLookups, AdmissionNotice } from '../inject/admit.ts';
import type { InjectionSettings } from '../inject/settings.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import { createWebhookMetrics } from './metrics.ts';
import { startWebhook } from './server.ts';

/** What the webhook and its certificates are made from. */
export interface InjectorOptions {
  readonly host?: string;
  readonly port: number;
  /** The operator's namespace, and the name with which the installation's objects begin. */
  readonly namespace: string;
  readonly name: string;
  /** Name of the MutatingWebhookConfiguration. */
  readonly configuration: string;
  /** The name by which API servers call: `name.namespace.svc`, or an address. */
  readonly service: string;
  readonly certificates: 'managed' | 'files';
  /** For certificates from files. */
  readonly certificateDir: string;
  readonly patchCaBundle: boolean;
  readonly client: Pick<KubernetesClient, 'get' | 'apply'>;
  readonly lookups: AdmissionLookups;
  readonly settings: InjectionSettings;
  readonly registry: Registry;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly notify: (notice: AdmissionNotice) => void;
  /** Whether this replica leads, and so may write. */
  readonly leads: () => boolean;
}

/** The webhook with its certificates. */
export interface Injector {
  readonly port: number;
  /** For readiness: whether there is a certificate. */
  readonly check: Check;
  close(): Promise<void>;
}

/** Serves admission, and keeps the certificates for it. */
export async function startInjector(options: InjectorOptions): Promise<Injector> {
  const { namespace, name, configuration, service, clock, log, leads } = options;
  const server = await startWebhook({
    ...options,
    metrics: createWebhookMetrics(options.registry),
  });
  const store = createKubernetesStore(options.client, {
    namespace,
    secret: `${name}-webhook-tls`,
    configuration,
  });
  const parts = {
    store,
    clock,
    log,
    leads,
    serve: server.serve.bind(server),
    patchBundle: options.patchCaBundle,
  };
  const managed = options.certificates === 'managed';
  const source = managed
    ? createManagedCertificates({ ...parts, names: namesOf(service) })
    : createFileCertificates({ ...parts, directory: options.certificateDir });
  const keeper = keepCertificates(source, log, managed ? undefined : options.certificateDir);
  return {
    port: server.port,
    check: { name: 'webhook certificate', run: () => source.problem() },
    async close() {
      await keeper.close();
      await server.close();
    },
  };
}

function namesOf(service: string): readonly string[] {
  return service.endsWith('.svc') ? [service, `${service}.cluster.local`] : [service];
}
