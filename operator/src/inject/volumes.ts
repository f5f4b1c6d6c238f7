/** The volumes of an injected pod. */

export const STATE_VOLUME = 'culvert-state';
export const SECRETS_VOLUME = 'culvert-secrets';
export const TOKEN_VOLUME = 'culvert-token';
export const NO_CREDENTIALS_VOLUME = 'culvert-no-credentials';

export const VOLUME_NAMES: readonly string[] = [
  STATE_VOLUME,
  SECRETS_VOLUME,
  TOKEN_VOLUME,
  NO_CREDENTIALS_VOLUME,
];
