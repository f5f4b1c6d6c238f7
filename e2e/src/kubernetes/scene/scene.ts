import { randomBytes } from 'node:crypto';
import type { V1Pod } from '@kubernetes/client-node';
import type { calls } from '../applications/call.ts';
import type { LoadResult } from '../applications/load.ts';
import { kubectl, startKubectl, type Printed } from './commands.ts';
import { eventually } from './eventually.ts';
import { container, pod, podSpec } from './manifests.ts';

type Calls = typeof calls;

/** A namespace of a test's own, with a pod to make calls from. */
export interface Scene {
  readonly namespace: string;
  /** Runs kubectl in the namespace. */
  kubectl(args: readonly string[], input?: string): Promise<Printed>;
  /** Applies objects; returns the warnings of the API server. */
  apply(...objects: readonly object[]): Promise<readonly string[]>;
  /** What the API server would make of an object, with its warnings. */
  dryRun<T extends object>(
    object: T,
    namespace?: string,
  ): Promise<{ readonly object: T; readonly warnings: readonly string[] }>;
  /** Reads an object, such as `pod/web`, or a list, such as `pod --selector=app=web`. */
  get<T = V1Pod>(reference: string): Promise<T>;
  /** Applies policies and waits until the operator knows them, so that pods made after it are admitted by them. */
  applyPolicies(...policies: readonly object[]): Promise<void>;
  /** Waits until pods are ready, given by name or by `--selector=…`. */
  ready(...pods: readonly string[]): Promise<void>;
  /** The address of a pod. */
  address(podName: string): Promise<string>;
  /** Makes a call from the caller's pod. */
  call<Kind extends keyof Calls>(
    kind: Kind,
    argument: Parameters<Calls[Kind]>[0],
  ): Promise<Awaited<ReturnType<Calls[Kind]>>>;
  /** Starts steady requests from the caller's pod, which go on until they are stopped. */
  load(argument: Readonly<Record<string, unknown>>): {
    stop(): Promise<LoadResult>;
    ended: Promise<LoadResult>;
  };
  /** Removes the namespace, without waiting for it. */
  close(): Promise<void>;
}

/**
 * Makes a namespace and the caller within it.
 *
 * @param labels of the namespace; without any it is opted in
 */
export async function openScene(
  name: string,
  labels: Readonly<Record<string, string>> = { 'culvert.dev/inject': 'enabled' },
): Promise<Scene> {
  const namespace = `e2e-${name}-${randomBytes(3).toString('hex')}`;
  const scene = sceneIn(namespace);
  await kubectl(
    ['create', '--filename=-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }),
  );
  const caller = podSpec([container('idle.ts')], { terminationGracePeriodSeconds: 1 });
  await scene.apply(pod('caller', caller, { labels: { 'culvert.dev/inject': 'false' } }));
  await scene.ready('caller');
  return scene;
}

function sceneIn(namespace: string): Scene {
  const run = (args: readonly string[], input?: string): Promise<Printed> =>
    kubectl([`--namespace=${namespace}`, ...args], input);
  const get = async <T>(reference: string): Promise<T> =>
    JSON.parse((await run(['get', ...reference.split(' '), '--output=json'])).stdout) as T;
  return {
    namespace,
    kubectl: run,
    get,
    apply: async (...objects) => {
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      return warningsIn(await run(['apply', '--server-side', '--filename=-'], JSON.stringify(list)));
    },
    applyPolicies: async (...policies) => {
      const list = { apiVersion: 'v1', kind: 'List', items: policies };
      await run(['apply', '--server-side', '--filename=-'], JSON.stringify(list));
      await run(['wait', '--for=condition=Accepted', '--timeout=60s', 'capturepolicies', '--all']);
    },
    dryRun: async <T extends object>(object: T, elsewhere = namespace) => {
      const printed = await kubectl(
        [`--namespace=${elsewhere}`, 'create', '--dry-run=server', '--output=json', '--filename=-'],
        JSON.stringify(object),
      );
      return { object: JSON.parse(printed.stdout) as T, warnings: warningsIn(printed) };
    },
    ready: async (...pods) => {
      for (const one of pods.filter(isSelector)) {
        // kubectl waits for pods that are there, and a controller may not have made any yet.
        await eventually(
          () => get<{ items: V1Pod[] }>(`pod ${one}`),
          ({ items }) => items.length > 0,
          `there is a pod with ${one}`,
        );
        await run(['wait', '--for=condition=Ready', '--timeout=90s', 'pod', one]);
      }
      const names = pods.filter((one) => !isSelector(one)).map((one) => `pod/${one}`);
      if (names.length > 0) await run(['wait', '--for=condition=Ready', '--timeout=90s', ...names]);
    },
    address: async (podName) => (await get<V1Pod>(`pod/${podName}`)).status?.podIP ?? '',
    call: async (kind, argument) => {
      const { stdout } = await run([
        'exec',
        'caller',
        '--',
        'node',
        'call.ts',
        kind,
        JSON.stringify(argument),
      ]);
      return JSON.parse(stdout) as never;
    },
    load: (argument) => {
      const exec = ['exec', '--stdin', 'caller', '--', 'node', 'load.ts', JSON.stringify(argument)];
      const running = startKubectl([`--namespace=${namespace}`, ...exec]);
      const read = ({ stdout }: Printed): LoadResult => JSON.parse(stdout) as LoadResult;
      const ended = running.ended.then(read);
      ended.catch(() => undefined); // whoever stops it or waits for it hears of it
      return { ended, stop: async () => read(await running.stop()) };
    },
    close: async () => {
      await kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
    },
  };
}

function isSelector(text: string): boolean {
  return text.startsWith('--');
}

/** Warnings of the API server, as kubectl prints them. */
function warningsIn({ stderr }: Printed): string[] {
  return [...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, text]) => text ?? '');
}
