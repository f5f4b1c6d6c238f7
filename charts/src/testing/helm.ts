import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { findKubernetes } from '@culvert/demo/launcher/kubernetes-binaries';
import { KUBERNETES_VERSION } from '@culvert/demo/launcher/kubernetes-build';
import { parseManifests, type Manifest } from './manifests.ts';

/** The folder of the charts. */
const CHARTS = join(import.meta.dirname, '../..');

export const RELEASE = 'culvert';
export const NAMESPACE = 'culvert-system';

/** Values of the chart, nested as in values.yaml. */
export type Values = Readonly<Record<string, unknown>>;

/** Where the program is that renders and installs charts; built when it is missing. */
const helm = findKubernetes(['helm'], process.env).then((programs) => programs.helm);

/** What `helm template` prints for the chart `culvert`. @throws Error with what helm says */
export function renderText(values: Values, more: readonly string[] = []): Promise<string> {
  const target = [RELEASE, chart('culvert'), '--namespace', NAMESPACE, '--kube-version', KUBERNETES_VERSION];
  return runHelm(['template', ...target, '--values', '-', ...more], values);
}

/** The objects that the chart `culvert` renders to. @throws Error with what helm says */
export async function render(values: Values): Promise<readonly Manifest[]> {
  return parseManifests(await renderText(values));
}

/** The path of a chart. */
export function chart(name: 'culvert' | 'culvert-crds'): string {
  return join(CHARTS, name);
}

/**
 * Runs helm.
 *
 * @param values read where the arguments say `--values -`
 * @returns what it prints
 * @throws Error with what helm says
 */
export async function runHelm(args: readonly string[], values: Values = {}): Promise<string> {
  const program = await helm;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else
          reject(
            new Error(`helm ${args[0] ?? ''} failed: ${stderr.trim() || stdout.trim()}`, { cause: error }),
          );
      },
    );
    child.stdin?.on('error', () => undefined); // helm ended before it read everything: its status tells
    child.stdin?.end(JSON.stringify(values)); // JSON is YAML
  });
}
