import { compileMatch, type CompiledMatch } from './match.ts';
import { compileRedaction, type CompiledRedaction } from './redact/compile.ts';
import type { PortRules } from './rules.ts';
import { samplingThreshold } from './sampling.ts';

/** Rules of a port in the form that is quick to apply. */
export interface CompiledRules {
  /** Whether new connections are parsed and their exchanges captured; `tcp` and `off` say why not. */
  readonly capture: 'http' | 'tcp' | 'off';
  /** Nothing is left out, so nothing needs to be looked at. */
  readonly keepsAll: boolean;
  readonly excludeProbes: boolean;
  readonly match: readonly CompiledMatch[];
  readonly exclude: readonly CompiledMatch[];
  readonly samplingThreshold: number;
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  /** Null when nothing is redacted. */
  readonly redaction: CompiledRedaction | null;
}

/** Brings rules into the form that `select` applies. */
export function compileRules(rules: PortRules): CompiledRules {
  const match = rules.match.map(compileMatch);
  const exclude = rules.exclude.map(compileMatch);
  const threshold = samplingThreshold(rules.sampling);
  return {
    capture: rules.protocol === 'TCP' ? 'tcp' : rules.capture ? 'http' : 'off',
    keepsAll: match.length === 0 && exclude.length === 0 && !rules.excludeProbes && threshold === 2 ** 53,
    excludeProbes: rules.excludeProbes,
    match,
    exclude,
    samplingThreshold: threshold,
    requestBodyBytes: rules.requestBodyBytes,
    responseBodyBytes: rules.responseBodyBytes,
    redaction: compileRedaction(rules.redaction),
  };
}
