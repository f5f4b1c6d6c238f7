import type { DeclaredMetric } from './declared.ts';

/** Names of the library's own: those every process has. */
const STANDARD = /^(process|nodejs)_/;
/** Units that Prometheus has a base unit for. */
const OTHER_UNIT = /_(milliseconds|ms|minutes|hours|kilobytes|megabytes|kb|mb|percent)(_|$)/;
/** Labels whose values nobody could bound. */
const UNBOUNDED = new Set(['path', 'url', 'request_id', 'user', 'agent', 'agent_id', 'pod']);

/** What is wrong with a metric by Prometheus's conventions, in sentences. */
export function conventionFaults(metric: DeclaredMetric): readonly string[] {
  const { name, type, help, labels } = metric;
  if (STANDARD.test(name)) return [];
  const faults: string[] = [];
  if (!/^culvert_[a-z0-9_]+[a-z0-9]$/.test(name)) faults.push('must be culvert_… in lower case');
  if ((type === 'counter') !== name.endsWith('_total'))
    faults.push('counters, and they alone, end with _total');
  if (type === 'histogram' && !/_(seconds|bytes)$/.test(name))
    faults.push('a histogram must end with its unit');
  if (OTHER_UNIT.test(name)) faults.push('must be in seconds, bytes or as a ratio');
  if (/_(count|sum|bucket|gauge|counter|histogram)$/.test(name))
    faults.push('ends with what the format adds');
  if (!/^[A-Z0-9].*\.$/.test(help)) faults.push('needs a help text that is a sentence');
  for (const label of labels)
    if (UNBOUNDED.has(label) || !/^[a-z][a-z_]*$/.test(label))
      faults.push(`must not have the label ${label}`);
  return faults.map((fault) => `${name}: ${fault}`);
}
