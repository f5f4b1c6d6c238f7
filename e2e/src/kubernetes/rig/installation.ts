import { join } from 'node:path';
import { root } from '@culvert/demo/launcher/root';
import { CommandFailed, helm, kubectl } from '../scene/commands.ts';

/** Where tests install Culvert. */
export const RELEASE = 'culvert';
export const NAMESPACE = 'culvert-system';

/** How to install Culvert. */
export interface InstallOptions {
  /** Values of the chart, as `--set` takes them, besides those that every test needs. */
  readonly values?: Readonly<Record<string, string>>;
  /** How long Helm waits for everything to be ready. */
  readonly timeoutSeconds?: number;
}

/** Whether the release is there. */
export async function isInstalled(): Promise<boolean> {
  return helm(['status', RELEASE, `--namespace=${NAMESPACE}`]).then(
    () => true,
    () => false,
  );
}

/**
 * Installs both charts with Postgres and NATS of their own, or upgrades them to other values, and waits until all is
 * ready. Where images are others than the chart's, `IMAGE_REGISTRY` and `IMAGE_TAG` say so.
 */
export async function installCulvert(options: InstallOptions = {}): Promise<void> {
  await makeNamespace();
  await upgrade(`${RELEASE}-crds`, 'charts/culvert-crds', {}, options);
  await upgrade(RELEASE, 'charts/culvert', valuesFor(options), options);
}

/** Removes Culvert and then its custom resource definitions. */
export async function uninstallCulvert(): Promise<void> {
  for (const release of [RELEASE, `${RELEASE}-crds`]) {
    await helm([
      'uninstall',
      release,
      `--namespace=${NAMESPACE}`,
      '--wait',
      '--ignore-not-found',
      '--timeout=120s',
    ]);
  }
}

function valuesFor({ values = {} }: InstallOptions): Record<string, string> {
  const registry = process.env['IMAGE_REGISTRY'] ?? '';
  const tag = process.env['IMAGE_TAG'] ?? '';
  return {
    'embedded.enabled': 'true',
    'embedded.persistence.enabled': 'false',
    ...(registry !== '' && { 'image.registry': registry }),
    ...(tag !== '' && { 'image.tag': tag }),
    ...values,
  };
}

/** The node agent mounts parts of the host, which only the level `privileged` admits. */
async function makeNamespace(): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
  await kubectl(['apply', '--server-side', '--filename=-'], JSON.stringify(namespace));
}

async function upgrade(
  release: string,
  chart: string,
  values: Readonly<Record<string, string>>,
  { timeoutSeconds = 180 }: InstallOptions,
): Promise<void> {
  const set = Object.entries(values).map(([name, value]) => `--set=${name}=${value}`);
  const common = [`--namespace=${NAMESPACE}`, '--install', '--wait', `--timeout=${timeoutSeconds}s`];
  try {
    await helm(['upgrade', release, join(root, chart), ...common, ...set]);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // Helm says that time ran out; the pods say why.
    const { stdout } = await kubectl([`--namespace=${NAMESPACE}`, 'get', 'pods,events']);
    throw new Error(`${error.message}\n${stdout}`, { cause: error });
  }
}
