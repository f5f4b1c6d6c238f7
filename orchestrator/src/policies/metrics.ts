import { Counter, Gauge, type Registry } from 'prom-client';
import type { Catalog } from './catalog.ts';
import { KEY_REFUSALS } from './refused-keys.ts';

/** What is counted about policies from a folder. */
export interface PolicyMetrics {
  readonly written: Counter;
  readonly failures: Counter;
  readonly refused: Counter<'code'>;
}

/** Registers the metrics of policies from a folder. */
export function createPolicyMetrics(registry: Registry, catalog: Catalog): PolicyMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('culvert_policies', 'Policies of CULVERT_CONFIG_DIR that hold.', () => catalog.policies().length);
  gauge('culvert_policy_files', 'Files of CULVERT_CONFIG_DIR.', () => catalog.files);
  gauge(
    'culvert_policy_files_broken',
    'Files of CULVERT_CONFIG_DIR that hold as they were before a mistake.',
    () => catalog.broken,
  );
  gauge(
    'culvert_policy_problems',
    'Mistakes in files of CULVERT_CONFIG_DIR.',
    () => catalog.problems().length + catalog.repeated().length,
  );
  const refused = new Counter({
    name: 'culvert_policy_keys_refused_total',
    help: 'Heartbeats whose key is none of their namespace, and documents that are not written because an operator writes them.',
    labelNames: ['code'],
    registers,
  });
  for (const code of KEY_REFUSALS) refused.inc({ code }, 0);
  return {
    written: new Counter({
      name: 'culvert_policy_documents_written_total',
      help: 'Documents written for agents outside a cluster.',
      registers,
    }),
    failures: new Counter({
      name: 'culvert_policy_document_failures_total',
      help: 'Attempts to write documents that failed.',
      registers,
    }),
    refused,
  };
}
