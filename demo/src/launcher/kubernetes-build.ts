import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The Kubernetes that tests run on. The last minor release that works with version 1 of cgroups is 1.34. */
export const KUBERNETES_VERSION = '1.34.4';
const ETCD_VERSION = '3.6.6';
const COREDNS_VERSION = '1.14.7';
const HELM_VERSION = '3.19.5';
const GO_DIRECTIVE = '1.24.0';
const BUILD_TIMEOUT_MS = 30 * 60_000;

const KUBERNETES_PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
] as const;

/** A program that can be built here. */
export type KubernetesProgram = (typeof KUBERNETES_PROGRAMS)[number] | 'etcd' | 'coredns' | 'helm';

const execute = promisify(execFile);

/** One Go module whose commands are built together. */
interface Recipe {
  readonly module: string;
  readonly version: string;
  /** Import path of each command. */
  readonly commands: Readonly<Partial<Record<KubernetesProgram, string>>>;
  readonly linkerFlags: readonly string[];
  /** Whether the module's own `replace` lines name directories of its repository, published under other versions. */
  readonly staging: boolean;
}

const versionPackage = 'k8s.io/component-base/version';
const [major, minor] = KUBERNETES_VERSION.split('.');

const recipes: readonly Recipe[] = [
  {
    module: 'k8s.io/kubernetes',
    version: KUBERNETES_VERSION,
    commands: Object.fromEntries(
      KUBERNETES_PROGRAMS.map((program) => [program, `k8s.io/kubernetes/cmd/${program}`]),
    ),
    // Without a version clients refuse to talk to the API server.
    linkerFlags: [
      `-X ${versionPackage}.gitVersion=v${KUBERNETES_VERSION}`,
      `-X ${versionPackage}.gitMajor=${major}`,
      `-X ${versionPackage}.gitMinor=${minor}`,
    ],
    staging: true,
  },
  {
    module: 'go.etcd.io/etcd/server/v3',
    version: ETCD_VERSION,
    commands: { etcd: 'go.etcd.io/etcd/server/v3' },
    linkerFlags: [],
    staging: false,
  },
  {
    module: 'github.com/coredns/coredns',
    version: COREDNS_VERSION,
    commands: { coredns: 'github.com/coredns/coredns' },
    linkerFlags: [],
    staging: false,
  },
  {
    module: 'helm.sh/helm/v3',
    version: HELM_VERSION,
    commands: { helm: 'helm.sh/helm/v3/cmd/helm' },
    linkerFlags: [],
    staging: false,
  },
];

/**
 * Builds programs with Go into a directory. A program appears there when it is whole.
 *
 * @param say takes a line for the user before each build
 * @throws Error with the end of what Go said
 */
export async function buildKubernetes(
  programs: readonly KubernetesProgram[],
  directory: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const recipe of recipes) {
    const wanted = programs.filter((program) => recipe.commands[program] !== undefined);
    if (wanted.length > 0) await build(recipe, wanted, directory, environment, say);
  }
}

async function build(
  recipe: Recipe,
  programs: readonly KubernetesProgram[],
  directory: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  const started = performance.now();
  say(`building ${programs.join(', ')} ${recipe.version} with Go, once for this machine`);
  const workspace = await mkdtemp(join(tmpdir(), 'culvert-go-'));
  const output = await mkdtemp(join(directory, '.building-'));
  const go = (...args: string[]): Promise<string> => runGo(args, workspace, environment);
  const paths = programs.map((program) => recipe.commands[program] ?? '');
  try {
    await writeFile(join(workspace, 'go.mod'), `module culvert.dev/tools\n\ngo ${GO_DIRECTIVE}\n`);
    const lines = [`require ${recipe.module} v${recipe.version}`];
    if (recipe.staging) lines.push(...(await stagingReplacements(recipe, go)));
    await writeFile(
      join(workspace, 'go.mod'),
      `module culvert.dev/tools\n\ngo ${GO_DIRECTIVE}\n\n${lines.join('\n')}\n`,
    );
    // The import makes the commands part of this module, so that the checksums of what they need are recorded.
    await writeFile(
      join(workspace, 'tools.go'),
      `//go:build tools\n\npackage tools\n\nimport (\n${paths.map((path) => `\t_ "${path}"`).join('\n')}\n)\n`,
    );
    await go('mod', 'tidy');
    const linkerFlags = ['-s', '-w', ...recipe.linkerFlags].join(' ');
    await go('build', '-trimpath', `-ldflags=${linkerFlags}`, '-o', `${output}/`, ...paths);
    for (const program of programs) {
      const built = join(
        output,
        (recipe.commands[program] ?? '').replace(/\/v\d+$/, '').replace(/^.*\//, ''),
      );
      await rename(built, join(directory, program));
    }
    say(`built ${programs.join(', ')} in ${Math.round((performance.now() - started) / 1000)} s`);
  } finally {
    await rm(workspace, { recursive: true, force: true });
    await rm(output, { recursive: true, force: true });
  }
}

/** Kubernetes refers to its libraries by directories of its repository; as a dependency it needs their releases. */
async function stagingReplacements(
  recipe: Recipe,
  go: (...args: string[]) => Promise<string>,
): Promise<string[]> {
  const answer = await go('mod', 'download', '-json', `${recipe.module}@v${recipe.version}`);
  const { GoMod } = JSON.parse(answer) as { GoMod: string };
  const released = recipe.version.replace(/^1\./, 'v0.');
  const names = (await readFile(GoMod, 'utf8')).matchAll(/^\s*(?:replace )?(\S+) => \.\/staging\//gm);
  return [...names].map(([, name]) => `replace ${name} => ${name} ${released}`);
}

async function runGo(args: string[], directory: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const env = { ...environment, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off' };
  try {
    const options = { cwd: directory, env, timeout: BUILD_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
    const running = execute('go', args, options);
    // Tests may run meanwhile, and they have deadlines.
    if (running.child.pid !== undefined)
      setPriority(running.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    return (await running).stdout;
  } catch (error) {
    const { stderr, message, code } = error as { stderr?: string; message: string; code?: unknown };
    if (code === 'ENOENT') {
      throw new Error('Go is not on PATH', { cause: error });
    }
    const last = (stderr ?? '').trim().split('\n').slice(-8).join('\n');
    throw new Error(`go ${args.slice(0, 2).join(' ')} failed:\n${last || message}`, { cause: error });
  }
}
