/** Labels, annotations and other names that Culvert puts on objects or reads from them. */

export const GROUP = 'culvert.dev';

/** On a namespace (`enabled`) or a pod (`true`, `false`). */
export const INJECT_LABEL = 'culvert.dev/inject';
/** On a pod that has the sidecar: `true`. */
export const INJECTED_LABEL = 'culvert.dev/injected';

/** Set on injected pods. */
export const CONFIG_KEY_ANNOTATION = 'culvert.dev/config-key';
export const CONFIG_ANNOTATION = 'culvert.dev/config';
export const CAPTURED_PORTS_ANNOTATION = 'culvert.dev/captured-ports';
/** `Redirect` or `NamedPorts`. */
export const MODE_ANNOTATION = 'culvert.dev/mode';
/** Version of the injector. */
export const VERSION_ANNOTATION = 'culvert.dev/version';

/** Set on pods that the webhook leaves alone for a reason that only their making shows: `Reason: sentence`. */
export const NOT_INJECTED_ANNOTATION = 'culvert.dev/not-injected';

/** Read from pods. */
export const EXCLUDE_PORTS_ANNOTATION = 'culvert.dev/exclude-ports';
export const LOG_LEVEL_ANNOTATION = 'culvert.dev/log-level';
export const RESOURCE_ANNOTATIONS = {
  cpuRequest: 'culvert.dev/cpu-request',
  cpuLimit: 'culvert.dev/cpu-limit',
  memoryRequest: 'culvert.dev/memory-request',
  memoryLimit: 'culvert.dev/memory-limit',
} as const;

export const SIDECAR_CONTAINER = 'culvert-sidecar';
export const REDIRECT_CONTAINER = 'culvert-redirect';

/** The sidecar's ports within a pod, and its user. */
export const FIRST_CAPTURE_PORT = 15_900;
export const SIDECAR_ADMIN_PORT = 15_890;
export const SIDECAR_UID = 15_900;

/** The Secret with NATS credentials and redaction key that the operator keeps in each namespace with injected pods. */
export const AGENT_SECRET = 'culvert-agent';

/** Ports that are left alone when no policy names them: databases, caches and brokers. */
export const DATABASE_PORTS: readonly number[] = [
  1433, 1521, 2379, 2380, 3306, 4222, 5432, 5672, 6379, 9042, 9092, 11211, 27017,
];
