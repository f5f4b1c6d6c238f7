import { choice, integer, secret, text, type Setting } from '../config.ts';

/** The names that OpenTelemetry gives to its samplers. */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** What {@link tracingSettings} yields. */
export interface TracingConfig {
  readonly otlpEndpoint: string;
  readonly otlpHeaders: string;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly tracesSampler: SamplerName;
  readonly tracesSamplerArgument: number;
  readonly spanQueue: number;
  readonly spanDelayMs: number;
}

/** The settings of tracing, under the names that OpenTelemetry gives them everywhere. */
export function tracingSettings(serviceName: string) {
  return {
    otlpEndpoint,
    otlpHeaders: {
      ...secret(
        'OTEL_EXPORTER_OTLP_HEADERS',
        '',
        'Headers for the collector as `name=value`, separated by commas, values percent-encoded.',
      ),
      parse: (value: string) => {
        readPairs(value);
        return value;
      },
    },
    serviceName: text('OTEL_SERVICE_NAME', serviceName, 'Name of this service in traces.'),
    resourceAttributes: {
      variable: 'OTEL_RESOURCE_ATTRIBUTES',
      description: 'Further attributes of this process in traces as `name=value`, separated by commas.',
      fallback: {},
      shown: '',
      type: 'list',
      parse: readPairs,
    } satisfies Setting<Readonly<Record<string, string>>>,
    tracesSampler: choice(
      'OTEL_TRACES_SAMPLER',
      'parentbased_always_on',
      SAMPLERS,
      'Which traces are recorded.',
    ),
    tracesSamplerArgument,
    spanQueue: integer('OTEL_BSP_MAX_QUEUE_SIZE', 2_048, 'How many spans may wait; more are dropped.', {
      min: 1,
      max: 1_000_000,
      unit: 'spans',
    }),
    spanDelayMs: integer('OTEL_BSP_SCHEDULE_DELAY', 5_000, 'How long spans wait for company.', {
      min: 1,
      max: 600_000,
      unit: 'milliseconds',
    }),
  };
}

/**
 * Reads `name=value` pairs as OpenTelemetry writes them.
 *
 * @throws Error that completes "VARIABLE …" and holds nothing of the text, which may be secret
 */
export function readPairs(list: string): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  for (const pair of list.split(',')) {
    if (pair.trim() === '') continue;
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (equals < 1 || name === '') throw new Error('must be name=value pairs, separated by commas');
    try {
      pairs[name] = decodeURIComponent(pair.slice(equals + 1).trim());
    } catch {
      throw new Error('has a value with a percent sign that encodes nothing');
    }
  }
  return pairs;
}

const otlpEndpoint: Setting<string> = {
  ...text(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    'Where spans are sent by OTLP over HTTP, `/v1/traces` below it; none are made without.',
  ),
  parse: (value) => {
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? ''))
      throw new Error(`must be an http or https address, not ${JSON.stringify(value)}`);
    return value;
  },
};

const tracesSamplerArgument: Setting<number> = {
  variable: 'OTEL_TRACES_SAMPLER_ARG',
  description: 'The share of traces that a sampler with `traceidratio` records.',
  fallback: 1,
  type: 'number, 0–1',
  parse: (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (!(number >= 0 && number <= 1))
      throw new Error(`must be a number from 0 to 1, not ${JSON.stringify(value)}`);
    return number;
  },
};
