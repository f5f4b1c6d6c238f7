import type { NatsCredentials } from '@culvert/runtime/nats';
import { natsCredentialsIn, readSecretFile } from '@culvert/runtime/secret-files';

/** The files of a mounted Secret, read anew each time, because they may appear and change while the agent runs. */
export class SecretFiles {
  readonly #directory: string;

  /** @param directory empty when there is none */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** From `nats-token`, else from `nats-user` and `nats-password`; undefined when neither is there. */
  natsCredentials(): NatsCredentials | undefined {
    return natsCredentialsIn(this.#directory);
  }

  /** From `redaction-key`, byte for byte. */
  redactionKey(): Buffer | undefined {
    return readSecretFile(this.#directory, 'redaction-key');
  }
}
