import { FIRST_CAPTURE_PORT, SIDECAR_ADMIN_PORT, SIDECAR_UID } from '@culvert/policy/names';
import type { PodFacts } from './facts.ts';
import type { RecordedReason } from './recorded.ts';
import { chooseMode, isOutOfReach } from './mode.ts';
import { reachableByName } from './named-ports.ts';
import { readOptIn } from './opt-in.ts';

/** Why a pod gets no sidecar. */
export type RefusalReason =
  | 'AlreadyInjected'
  | 'OptedOut'
  | 'InvalidLabel'
  | 'NotOptedIn'
  | 'ProtectedNamespace'
  | 'HostNetwork'
  | 'StaticPod'
  | 'WindowsPod'
  | 'NameConflict'
  | 'UIDConflict'
  | 'PortConflict'
  | 'NoPorts'
  | 'PodSecurity'
  | 'NumericTargetPort'
  | RecordedReason;

/** One reason against injection. */
interface Refusal {
  readonly reason: RefusalReason;
  readonly warn: boolean;
  /** One sentence when it applies: why, and what to do about it. */
  readonly refuses: (facts: PodFacts) => string | undefined;
}

/** Every reason against injection; the first that applies decides. */
export const REFUSALS: readonly Refusal[] = [
  {
    reason: 'AlreadyInjected',
    warn: false,
    refuses: (facts) => when(facts.hasSidecar, 'the pod has the sidecar already'),
  },
  {
    reason: 'OptedOut',
    warn: false,
    refuses: (facts) =>
      when(
        readOptIn(facts).wanted === 'no',
        `the pod is labelled culvert.dev/inject: "${facts.podLabel ?? ''}"`,
      ),
  },
  {
    reason: 'InvalidLabel',
    warn: true,
    refuses: (facts) => {
      const { wanted, warnings } = readOptIn(facts);
      return when(wanted === 'unset' && warnings.length > 0, warnings.join('; '));
    },
  },
  {
    reason: 'NotOptedIn',
    warn: false,
    refuses: (facts) =>
      when(
        readOptIn(facts).wanted === 'unset',
        `label namespace ${facts.namespace} with culvert.dev/inject: enabled, or the pod with culvert.dev/inject: "true"`,
      ),
  },
  {
    reason: 'ProtectedNamespace',
    warn: true,
    refuses: (facts) =>
      when(
        facts.protectedNamespaces.includes(facts.namespace),
        `pods of namespace ${facts.namespace} are never injected: run the workload in another namespace`,
      ),
  },
  {
    reason: 'HostNetwork',
    warn: true,
    refuses: (facts) =>
      when(
        facts.hostNetwork,
        "the pod uses its node's network, where a redirect would catch other pods' traffic: remove hostNetwork to capture it",
      ),
  },
  {
    reason: 'StaticPod',
    warn: true,
    refuses: (facts) =>
      when(facts.mirror, 'the pod is static: the kubelet runs it from a file, which nothing can change'),
  },
  {
    reason: 'WindowsPod',
    warn: true,
    refuses: (facts) => when(facts.windows, 'the pod runs on Windows, for which there is no sidecar'),
  },
  {
    reason: 'NameConflict',
    warn: true,
    refuses: (facts) =>
      when(
        facts.takenNames.length > 0,
        `${list(facts.takenNames)} of the pod's own must be renamed: the sidecar needs the name`,
      ),
  },
  {
    reason: 'UIDConflict',
    warn: true,
    refuses: (facts) =>
      when(
        facts.containersWithSidecarUser.length > 0,
        `${list(facts.containersWithSidecarUser)} would share user ${SIDECAR_UID} with the sidecar and could read its secrets: choose another runAsUser`,
      ),
  },
  {
    reason: 'PortConflict',
    warn: true,
    refuses: (facts) => {
      const needed = [
        SIDECAR_ADMIN_PORT,
        ...facts.portsToCapture.map((_, index) => FIRST_CAPTURE_PORT + index),
      ];
      const used = [...facts.ports.map((port) => port.containerPort), ...facts.portsToCapture];
      const clash = used.filter((port) => needed.includes(port));
      return when(
        clash.length > 0,
        `the sidecar needs port ${list(clash)}, which the pod declares or a policy names: choose another port`,
      );
    },
  },
  {
    reason: 'NoPorts',
    warn: true,
    refuses: (facts) =>
      when(
        facts.portsToCapture.length === 0,
        "no port is left to capture: declare the application's TCP ports as containerPorts, or name them in a CapturePolicy (well-known database ports need one)",
      ),
  },
  {
    reason: 'PodSecurity',
    warn: true,
    refuses: (facts) =>
      when(
        isOutOfReach(facts),
        `namespace ${facts.namespace} enforces Pod Security level ${facts.podSecurity ?? ''}, which refuses the capability NET_ADMIN, and this cluster's Services find no port names of sidecars: that takes Kubernetes 1.32`,
      ),
  },
  {
    reason: 'NumericTargetPort',
    warn: true,
    refuses: (facts) =>
      when(
        chooseMode(facts).mode === 'NamedPorts' &&
          reachableByName(facts.ports, facts.portsToCapture).length === 0,
        'without NET_ADMIN only named ports are captured: name the containerPorts and let Services target them by name',
      ),
  },
  recorded('LimitRange'),
  recorded('PullSecret'),
];

/** A reason that was found when the pod was made, and can't be found again from what it is. */
function recorded(reason: RecordedReason): Refusal {
  return {
    reason,
    warn: true,
    refuses: ({ recordedRefusal }) =>
      recordedRefusal?.reason === reason ? recordedRefusal.message : undefined,
  };
}

function when(condition: boolean, message: string): string | undefined {
  return condition ? message : undefined;
}

function list(items: readonly (string | number)[]): string {
  return [...new Set(items)].join(', ');
}
