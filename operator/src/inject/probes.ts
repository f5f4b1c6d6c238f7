import { SIDECAR_ADMIN_PORT } from '@culvert/policy/names';
import { pointer, type PatchOperation } from './json-patch.ts';
import type { MovedName } from './named-ports.ts';
import { isTcp, type Container, type PodManifest, type Probe } from './pod.ts';

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;
const HOOKS = ['postStart', 'preStop'] as const;

/** A container with the path to it. */
interface Placed {
  readonly path: readonly (string | number)[];
  readonly container: Container;
}

/**
 * Lets TCP probes of captured ports ask the sidecar to dial the application: through the redirect they would reach the
 * sidecar, which accepts although the application is dead. Others pass through to the application and stay as they
 * are, as do those that name a host of their own.
 */
export function askSidecarToDial(pod: PodManifest, captured: readonly number[]): readonly PatchOperation[] {
  return places(pod).flatMap(({ path, container }) =>
    PROBES.flatMap((name): PatchOperation[] => {
      const socket = container[name]?.tcpSocket;
      if (socket == null || isSet(socket.host)) return [];
      const port = resolve(socket.port, container);
      if (port === undefined || !captured.includes(port)) return [];
      const httpGet = { path: `/probe/tcp/${port}`, port: SIDECAR_ADMIN_PORT, scheme: 'HTTP' };
      return [
        { op: 'remove', path: pointer(...path, name, 'tcpSocket') },
        { op: 'add', path: pointer(...path, name, 'httpGet'), value: httpGet },
      ];
    }),
  );
}

/** Takes port names from the application's containers, and lets its probes and hooks use the number instead. */
export function moveNamesAway(pod: PodManifest, moved: readonly MovedName[]): readonly PatchOperation[] {
  const names = new Set(moved.map(({ name }) => name));
  return places(pod).flatMap(({ path, container }) => [
    ...handlers(container).flatMap(({ at, handler }) =>
      (['httpGet', 'tcpSocket'] as const).flatMap((kind): PatchOperation[] => {
        const port = handler[kind]?.port;
        if (typeof port !== 'string' || !names.has(port)) return [];
        const value = resolve(port, container);
        return value === undefined
          ? []
          : [{ op: 'replace', path: pointer(...path, ...at, kind, 'port'), value }];
      }),
    ),
    ...(container.ports ?? []).flatMap((port, index): PatchOperation[] =>
      port.name !== undefined && isTcp(port) && names.has(port.name)
        ? [{ op: 'remove', path: pointer(...path, 'ports', index, 'name') }]
        : [],
    ),
  ]);
}

function places(pod: PodManifest): readonly Placed[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (pod.spec?.[list] ?? []).map((container, index) => ({ path: ['spec', list, index], container })),
  );
}

function handlers(container: Container): readonly { at: readonly string[]; handler: Probe }[] {
  const all = [
    ...PROBES.map((name) => ({ at: [name], handler: container[name] })),
    ...HOOKS.map((name) => ({ at: ['lifecycle', name], handler: container.lifecycle?.[name] })),
  ];
  return all.flatMap(({ at, handler }) => (handler == null ? [] : [{ at, handler }]));
}

/** As the kubelet does it: a text is the name of a port of the same container, else a number in digits. */
function resolve(port: number | string, container: Container): number | undefined {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

function isSet(text: string | undefined | null): boolean {
  return text != null && text !== '';
}
