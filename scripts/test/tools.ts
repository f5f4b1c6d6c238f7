import { debianPackage } from '../../demo/src/launcher/debian-package.ts';
import { debianProgram } from '../../demo/src/launcher/debian-program.ts';
import { findKubernetes } from '../../demo/src/launcher/kubernetes-binaries.ts';
import { findNatsServer } from '../../demo/src/launcher/nats-binary.ts';
import { PROMETHEUS } from '../../e2e/src/rig/prometheus.ts';

/** A program that tests start and that node_modules does not hold. It is downloaded or built once for a machine. */
export interface Tool {
  readonly name: string;
  /** The files that start it: a test needs the tool when it is one of them or imports one, however indirectly. */
  readonly startedBy: readonly string[];
  /** How long it takes on two cores that nobody else uses. */
  readonly expectedSeconds: number;
  /** What it mostly waits for. Those of one kind are installed one after the other, in the order of the list. */
  readonly kind: 'download' | 'build';
  /**
   * Returns at once when it is there.
   *
   * @param say takes a line for the user while something is installed
   * @throws Error that says what to install
   */
  install(environment: NodeJS.ProcessEnv, say: (line: string) => void): Promise<unknown>;
}

const SHELLS = 'cli/src/testing/shells.ts';
const NAMESPACES = 'sidecar/src/redirect/testing/namespaces.ts';
const COMPLETION_TEST = 'cli/src/completion/completion.test.ts';

/** What most tests wait for comes first. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'nats-server',
    startedBy: ['demo/src/launcher/nats-server.ts', 'charts/src/embedded-nats.test.ts'],
    expectedSeconds: 30,
    kind: 'download',
    install: findNatsServer,
  },
  debian('curl', 'curl', ['cli/src/testing/repeat.ts', 'e2e/src/rig/live-clients.ts']),
  optional(debian('zsh', 'zsh', [SHELLS, COMPLETION_TEST])),
  optional(debian('fish', 'fish', [COMPLETION_TEST])),
  debian('ip', 'iproute2', [NAMESPACES]),
  debian('nft', 'nftables', [NAMESPACES]),
  {
    name: 'prometheus',
    startedBy: ['e2e/src/rig/prometheus.ts'],
    expectedSeconds: 30,
    kind: 'download',
    install: (environment, say) => debianPackage(PROMETHEUS, environment, say),
  },
  debian('chromium', 'chromium', ['e2e/src/rig/browser.ts'], 60),
  {
    name: 'API server',
    startedBy: ['demo/src/launcher/kubernetes-api.ts'],
    expectedSeconds: 240,
    kind: 'build',
    install: (environment, say) => findKubernetes(['etcd', 'kube-apiserver', 'kubectl'], environment, say),
  },
  {
    name: 'helm',
    startedBy: ['charts/src/testing/helm.ts'],
    expectedSeconds: 90,
    kind: 'build',
    install: (environment, say) => findKubernetes(['helm'], environment, say),
  },
];

function debian(
  program: string,
  packageName: string,
  startedBy: readonly string[],
  expectedSeconds = 15,
): Tool {
  return {
    name: program,
    startedBy,
    expectedSeconds,
    kind: 'download',
    install: (_environment, say) => debianProgram({ program, package: packageName }, say),
  };
}

/** Tests look for it and do with less where it can't be had. */
function optional(tool: Tool): Tool {
  return {
    ...tool,
    install: (environment, say) => tool.install(environment, say).catch(() => undefined),
  };
}
