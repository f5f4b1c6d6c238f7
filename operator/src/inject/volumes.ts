import { AGENT_SECRET } from '@culvert/policy/names';
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';

const STATE = 'culvert-state';
const SECRETS = 'culvert-secrets';
const TOKEN = 'culvert-token';
const NO_CREDENTIALS = 'culvert-no-credentials';

export const VOLUME_NAMES: readonly string[] = [STATE, SECRETS, TOKEN, NO_CREDENTIALS];

/** Volumes that lie on the node's disk and may be thrown away with the pod. */
export const LOCAL_VOLUMES: readonly string[] = [STATE, NO_CREDENTIALS];

export const STATE_DIRECTORY = '/var/lib/culvert';
export const SECRETS_DIRECTORY = '/etc/culvert/secrets';
const TOKEN_DIRECTORY = '/var/run/secrets/culvert';

/** The volumes that injection adds. */
export function volumes(stateSizeLimit: string): readonly V1Volume[] {
  return [
    { name: STATE, emptyDir: { sizeLimit: stateSizeLimit } },
    { name: SECRETS, secret: { secretName: AGENT_SECRET, optional: true } },
    {
      name: TOKEN,
      projected: {
        sources: [{ serviceAccountToken: { audience: 'culvert', expirationSeconds: 3600, path: 'token' } }],
      },
    },
    { name: NO_CREDENTIALS, emptyDir: { sizeLimit: '1Mi' } },
  ];
}

/**
 * The API server mounts a service account token into containers that webhooks have added, unless something is mounted
 * there already.
 */
const NO_CREDENTIALS_MOUNT: V1VolumeMount = {
  name: NO_CREDENTIALS,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};

export const REDIRECT_MOUNTS: readonly V1VolumeMount[] = [NO_CREDENTIALS_MOUNT];

export const SIDECAR_MOUNTS: readonly V1VolumeMount[] = [
  { name: STATE, mountPath: STATE_DIRECTORY },
  { name: SECRETS, mountPath: SECRETS_DIRECTORY, readOnly: true },
  { name: TOKEN, mountPath: TOKEN_DIRECTORY, readOnly: true },
  NO_CREDENTIALS_MOUNT,
];
