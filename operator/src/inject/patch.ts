import { INJECTED_LABEL, NOT_INJECTED_ANNOTATION } from '@culvert/policy/names';
import { capturePort, redirectContainer, sidecarContainer } from './containers.ts';
import type { Decision } from './decide.ts';
import { logLevelOf, sidecarEnvironment, type PodIdentity } from './environment.ts';
import { addEntries, append, prepend, removeEntry, type PatchOperation } from './json-patch.ts';
import { annotationsFor } from './metadata.ts';
import { namesToMove } from './named-ports.ts';
import { isTcp, longRunningContainers, type PodManifest } from './pod.ts';
import { askSidecarToDial, moveNamesAway } from './probes.ts';
import type { OurResources } from './fit/fit.ts';
import { missingPullSecrets } from './pull-secret-names.ts';
import type { InjectionSettings } from './settings.ts';
import { volumes } from './volumes.ts';

/** What a patch is made from besides the pod. */
export interface PatchInput extends PodIdentity {
  readonly decision: Decision;
  /** The compiled policies of the pod as JSON. */
  readonly document: string;
  readonly resources: OurResources;
  readonly settings: InjectionSettings;
}

/** A patch, with a sentence for each annotation that could not be followed. */
export interface InjectionPatch {
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
}

/**
 * The JSON patch (RFC 6902) that turns a pod into an injected one; empty when the decision is not to inject, which it is
 * for a pod that has been.
 */
export function injectionPatch(pod: PodManifest, input: PatchInput): InjectionPatch {
  const { decision, settings } = input;
  if (!decision.inject) return { patch: [], warnings: [] };
  const { mode, ports } = decision;
  const present = pod.metadata?.annotations ?? {};
  const logLevel = logLevelOf(present);
  const metadata = annotationsFor(pod, {
    mode,
    ports,
    configKey: input.configKey,
    document: input.document,
    version: settings.version,
  });
  const declared = longRunningContainers(pod).flatMap((container) => (container.ports ?? []).filter(isTcp));
  const moved = mode === 'NamedPorts' ? namesToMove(declared, ports) : [];
  const environment = sidecarEnvironment(ports, input, logLevel.level, settings);
  const containers = [
    ...(mode === 'Redirect' ? [redirectContainer(ports, input.resources.redirect ?? {}, settings)] : []),
    sidecarContainer(
      environment,
      moved.map((name) => ({ ...name, sidecarPort: capturePort(ports.indexOf(name.port)) })),
      input.resources.sidecar,
      settings,
    ),
  ];
  const pullSecrets = missingPullSecrets(pod.spec?.imagePullSecrets, settings.pullSecrets);
  return {
    patch: [
      // First what counts containers as they are, then what moves them.
      ...(mode === 'Redirect' ? askSidecarToDial(pod, ports) : moveNamesAway(pod, moved)),
      ...prepend(['spec', 'initContainers'], pod.spec?.initContainers, containers),
      ...append(['spec', 'volumes'], pod.spec?.volumes, volumes(settings.stateSizeLimit)),
      ...(pullSecrets.length > 0
        ? append(['spec', 'imagePullSecrets'], pod.spec?.imagePullSecrets, pullSecrets)
        : []),
      ...addEntries(['metadata', 'labels'], pod.metadata?.labels, { [INJECTED_LABEL]: 'true' }),
      ...addEntries(['metadata', 'annotations'], pod.metadata?.annotations, metadata.annotations),
      ...removeEntry(['metadata', 'annotations'], pod.metadata?.annotations, NOT_INJECTED_ANNOTATION),
    ],
    warnings: [...logLevel.warnings, ...metadata.warnings],
  };
}
