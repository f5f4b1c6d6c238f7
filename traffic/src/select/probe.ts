import { readsWithoutCase, utf8, type FieldSpans } from './spans.ts';

const USER_AGENT = utf8('user-agent');
const KUBE_PROBE = utf8('kube-probe/');

/** Whether a request comes from the kubelet's probes: it names itself `kube-probe/` and a version. */
export function isProbe({ bytes, fields }: FieldSpans): boolean {
  for (let field = 0; field < fields.length; field += 4) {
    const start = fields[field]!;
    if (fields[field + 1]! - start !== USER_AGENT.length || !readsWithoutCase(bytes, start, USER_AGENT))
      continue;
    const value = fields[field + 2]!;
    if (fields[field + 3]! - value >= KUBE_PROBE.length && readsWithoutCase(bytes, value, KUBE_PROBE))
      return true;
  }
  return false;
}
