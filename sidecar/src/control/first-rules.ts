import { DEFAULT_RULES, notCaptured } from '@culvert/policy/port-rules';
import type { RulesByPort } from '../select/port-table.ts';

/** What of the settings says which rules hold at first. */
export interface FirstRulesSettings {
  readonly configKey: string;
  readonly configDocument: string;
  readonly bodyLimitBytes: number;
  readonly redactHeaders: readonly string[];
}

/**
 * The rules that hold until a document is in force: where one is to come, nothing is captured; else everything is, as
 * the settings say.
 */
export function firstRules(settings: FirstRulesSettings): RulesByPort {
  const awaited = settings.configKey !== '' || settings.configDocument !== '';
  if (awaited) return { ports: {}, otherPorts: notCaptured(null) };
  return {
    ports: {},
    otherPorts: {
      ...DEFAULT_RULES,
      requestBodyBytes: settings.bodyLimitBytes,
      responseBodyBytes: settings.bodyLimitBytes,
      redaction: { headers: settings.redactHeaders, cookies: [], queryParameters: [] },
    },
  };
}
