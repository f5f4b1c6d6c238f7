import { quote } from './quote.ts';
import { INJECT_LABEL } from '@culvert/policy/names';
import type { PodFacts } from './facts.ts';

/** What the labels of a pod and its namespace ask for. */
interface OptIn {
  readonly wanted: 'yes' | 'no' | 'unset';
  /** A sentence for each value that says nothing. */
  readonly warnings: readonly string[];
}

/**
 * Reads the labels, of which the webhook configuration asks the same, so that who opts out never waits for us: the pod's wins over the namespace's; a value that is not known
 * counts as not set.
 */
export function readOptIn(facts: Pick<PodFacts, 'namespace' | 'namespaceLabel' | 'podLabel'>): OptIn {
  const { namespace, namespaceLabel, podLabel } = facts;
  const warnings: string[] = [];
  const podSaysNo = podLabel === 'false' || podLabel === 'disabled';
  if (podLabel !== undefined && podLabel !== 'true' && !podSaysNo) {
    warnings.push(
      `label ${INJECT_LABEL} of the pod must be "true" or "false", not ${quote(podLabel)}; it counts as not set`,
    );
  }
  if (namespaceLabel !== undefined && namespaceLabel !== 'enabled' && namespaceLabel !== 'disabled') {
    warnings.push(
      `label ${INJECT_LABEL} of namespace ${namespace} must be "enabled" or "disabled", not ${quote(namespaceLabel)}; it counts as not set`,
    );
  }
  if (podSaysNo) return { wanted: 'no', warnings };
  const wanted = podLabel === 'true' || namespaceLabel === 'enabled' ? 'yes' : 'unset';
  return { wanted, warnings };
}
