import type { Logger } from '@culvert/runtime/log';
import type { ModeSetting } from './inject/facts.ts';
import { modeOnCluster, type ServerVersion } from './inject/mode-of-cluster.ts';
import type { KubernetesClient } from './kubernetes/client.ts';
import type { Timers } from './queue/timers.ts';

/** Clusters are upgraded while the operator runs. */
const AGAIN_MS = 600_000;
const RETRY_MS = 5_000;

/** What the installation's mode means on this cluster, now. */
export interface ClusterMode {
  readonly current: () => ModeSetting;
  readonly stop: () => void;
}

/** Asks the API server for its version, now and then. Resolves when it has answered or refused once. */
export async function followClusterMode(
  client: Pick<KubernetesClient, 'get'>,
  setting: ModeSetting,
  timers: Timers,
  log: Logger,
): Promise<ClusterMode> {
  let version: ServerVersion | undefined;
  let cancel = (): void => undefined;
  let stopped = false;
  const ask = async (): Promise<void> => {
    let againMs = AGAIN_MS;
    try {
      version = await client.get<ServerVersion>('/version');
    } catch (error) {
      againMs = RETRY_MS;
      log.warn({ err: error }, 'the API server did not tell its version');
    }
    if (!stopped) cancel = timers.after(againMs, () => void ask());
  };
  if (setting === 'auto') await ask();
  return {
    current: () => modeOnCluster(setting, version),
    stop() {
      stopped = true;
      cancel();
    },
  };
}
