import { quote } from './quote.ts';
import { INJECT_LABEL } from '@culvert/policy/names';
import type { PodFacts } from './facts.ts';

/** What the labels of a pod and its namespace ask for. */
interface OptIn {
  readonly wanted: 'yes' | 'no' | 'unset';
  /** A sentence for each value that says nothing. */
  readonly warnings: readonly string[];
}

/** Reads the labels: the pod's wins over the namespace's; a value that is not known counts as not set. */
export function readOptIn(facts: Pick<PodFacts, 'namespace' | 'namespaceLabel' | 'podLabel'>): OptIn {
  const { namespace, namespaceLabel, podLabel } = facts;
  const warnings: string[] = [];
  if (podLabel !== undefined && podLabel !== 'true' && podLabel !== 'false') {
    warnings.push(
      `label ${INJECT_LABEL} of the pod must be "true" or "false", not ${quote(podLabel)}; it counts as not set`,
    );
  }
  if (namespaceLabel !== undefined && namespaceLabel !== 'enabled') {
    warnings.push(
      `label ${INJECT_LABEL} of namespace ${namespace} must be "enabled", not ${quote(namespaceLabel)}; it counts as not set`,
    );
  }
  if (podLabel === 'false') return { wanted: 'no', warnings };
  const wanted = podLabel === 'true' || namespaceLabel === 'enabled' ? 'yes' : 'unset';
  return { wanted, warnings };
}
