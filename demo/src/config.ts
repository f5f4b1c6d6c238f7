import { flag, port, readSettings, text, type Values } from '@culvert/runtime/config';

/** All settings of the demo and its launcher. The reference page is made from this record. */
export const settings = {
  once: flag('ONCE', false, 'End after the captured exchanges are shown: status 0 when nothing is missing.'),
  stateDirectory: text(
    'CULVERT_DEMO_STATE_DIR',
    '.culvert',
    'Where data and logs of the demo stay, relative to the repository.',
  ),
  apiPort: port('CULVERT_DEMO_API_PORT', 9090, "The orchestrator's port of GraphQL and REST."),
  metricsPort: port('CULVERT_DEMO_METRICS_PORT', 9464, "The orchestrator's port of metrics and health."),
  applicationPort: port('CULVERT_DEMO_APPLICATION_PORT', 8081, 'The port of the sample application.'),
  capturePort: port(
    'CULVERT_DEMO_CAPTURE_PORT',
    8082,
    "The sidecar's capturing port in front of the application.",
  ),
  sidecarMetricsPort: port(
    'CULVERT_DEMO_SIDECAR_METRICS_PORT',
    9465,
    "The sidecar's port of metrics and health.",
  ),
  natsPort: port('CULVERT_DEMO_NATS_PORT', 4222, 'The port of nats-server.'),
  postgresPort: port('CULVERT_DEMO_POSTGRES_PORT', 5433, 'The port of Postgres.'),
  natsServer: text(
    'CULVERT_NATS_SERVER',
    '',
    'A nats-server program, 2.12 or newer; else one on PATH, else one is installed into the user’s cache.',
  ),
  postgresBinaries: text(
    'CULVERT_POSTGRES_BIN',
    '',
    'The bin directory of a Postgres, 16 or newer; else the npm package’s.',
  ),
};

/** The demo's configuration. */
export type Config = Values<typeof settings>;

/** A port that the demo needs, and the variable that changes it. */
export interface NeededPort {
  readonly port: number;
  readonly variable: string;
  readonly purpose: string;
}

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError with one sentence for each mistake
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return readSettings(settings, environment, (values) => {
    const needed = neededPorts(values);
    return needed.flatMap((one, index) => {
      const other = needed.slice(0, index).find((earlier) => earlier.port === one.port);
      if (one.port === 0) return [`${one.variable} must not be 0: the demo prints the address in advance`];
      return other === undefined ? [] : [`${other.variable} and ${one.variable} are both ${one.port}`];
    });
  });
}

/** Every port that the demo listens on, as far as known, in the order of starting. */
export function neededPorts(config: Partial<Config>): NeededPort[] {
  const needed = (
    setting: { variable: string },
    port: number | undefined,
    purpose: string,
  ): NeededPort | undefined =>
    port === undefined ? undefined : { port, variable: setting.variable, purpose };
  return [
    needed(settings.postgresPort, config.postgresPort, 'Postgres'),
    needed(settings.natsPort, config.natsPort, 'nats-server'),
    needed(settings.apiPort, config.apiPort, 'the orchestrator (GraphQL)'),
    needed(settings.metricsPort, config.metricsPort, 'the orchestrator (metrics)'),
    needed(settings.applicationPort, config.applicationPort, 'the sample application'),
    needed(settings.capturePort, config.capturePort, 'the sidecar (capture)'),
    needed(settings.sidecarMetricsPort, config.sidecarMetricsPort, 'the sidecar (metrics)'),
  ].filter((one) => one !== undefined);
}
