import { trace, TraceFlags, type Context, type Link } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { SamplerName } from './settings.ts';

/**
 * The sampler that a name means. Whatever it is, a first span that others led to is recorded when one of those is:
 * what was done for several traces at once would otherwise be decided for none of them.
 *
 * @param ratio for the samplers that take one
 */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const sampler = samplerOf(name, ratio);
  return {
    shouldSample(context, traceId, spanName, kind, attributes, links) {
      if (isFirst(context) && links.length > 0) return { decision: decideByLinks(links) };
      return sampler.shouldSample(context, traceId, spanName, kind, attributes, links);
    },
    toString: () => sampler.toString(),
  };
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  const root = name.endsWith('_on')
    ? new AlwaysOnSampler()
    : name.endsWith('_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function isFirst(context: Context): boolean {
  return trace.getSpanContext(context) === undefined;
}

function decideByLinks(links: readonly Link[]): SamplingDecision {
  const recorded = links.some(({ context }) => (context.traceFlags & TraceFlags.SAMPLED) !== 0);
  return recorded ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD;
}
