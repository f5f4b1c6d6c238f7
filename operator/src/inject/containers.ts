import {
  FIRST_CAPTURE_PORT,
  REDIRECT_CONTAINER,
  SIDECAR_ADMIN_PORT,
  SIDECAR_CONTAINER,
  SIDECAR_UID,
} from '@culvert/policy/names';
import type { V1Container, V1EnvVar, V1SecurityContext } from '@kubernetes/client-node';
import type { MovedName } from './named-ports.ts';
import type { Resources } from './resources.ts';
import type { InjectionSettings } from './settings.ts';
import { REDIRECT_MOUNTS, SIDECAR_MOUNTS } from './volumes.ts';

/** What both containers have in common. */
const LOCKED_DOWN: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** The port on which the sidecar listens for the application's port at an index of the captured ones. */
export function capturePort(index: number): number {
  return FIRST_CAPTURE_PORT + index;
}

/** The init container that redirects captured ports to the sidecar; it ends when the rules stand. */
export function redirectContainer(
  ports: readonly number[],
  resources: Resources,
  settings: InjectionSettings,
): V1Container {
  return {
    name: REDIRECT_CONTAINER,
    image: settings.image,
    imagePullPolicy: settings.pullPolicy,
    args: ['--role', 'redirect'],
    env: [
      {
        name: 'CULVERT_REDIRECT',
        value: ports.map((port, index) => `${port}:${capturePort(index)}`).join(','),
      },
    ],
    resources: { ...resources },
    securityContext: {
      ...LOCKED_DOWN,
      // Rules of nftables take NET_ADMIN, which only root is given in a container.
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [...REDIRECT_MOUNTS],
  };
}

/** The sidecar: a native one, so that it starts before the application, ends after it and keeps no Job from ending. */
export function sidecarContainer(
  environment: readonly V1EnvVar[],
  names: readonly (MovedName & { readonly sidecarPort: number })[],
  resources: Resources,
  settings: InjectionSettings,
): V1Container {
  return {
    name: SIDECAR_CONTAINER,
    image: settings.image,
    imagePullPolicy: settings.pullPolicy,
    restartPolicy: 'Always',
    args: ['--role', 'capture'],
    env: [...environment],
    ...(names.length > 0 && {
      ports: names.map(({ name, sidecarPort }) => ({ name, containerPort: sidecarPort, protocol: 'TCP' })),
    }),
    resources: { ...resources },
    securityContext: {
      ...LOCKED_DOWN,
      runAsUser: SIDECAR_UID,
      runAsGroup: SIDECAR_UID,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    },
    // Holds the application back until the sidecar listens, for two minutes at most before it is started anew.
    // Nobody listens in the first second: asking then would write a Warning about nearly every start.
    startupProbe: {
      httpGet: { path: '/readyz', port: SIDECAR_ADMIN_PORT, scheme: 'HTTP' },
      initialDelaySeconds: 1,
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 120,
    },
    // A sidecar that hangs holds up the application and its HTTP probes, so it goes before those give up, in eight to
    // ten seconds; a machine that is merely busy answers within one of four times two seconds. A process that hangs
    // does not end in order either: there is nothing to wait for.
    livenessProbe: {
      httpGet: { path: '/healthz', port: SIDECAR_ADMIN_PORT, scheme: 'HTTP' },
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 4,
      terminationGracePeriodSeconds: 1,
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [...SIDECAR_MOUNTS],
  };
}
