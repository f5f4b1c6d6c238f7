import { mkdirSync, writeFileSync } from 'node:fs';
import { createAuthority, createSigningKey } from '@culvert/demo/launcher/kubernetes-certificates';
import { kubeconfig } from '@culvert/demo/launcher/kubernetes-kubeconfig';
import { run, succeeds } from './command.ts';
import { startDaemon } from './daemon.ts';
import {
  API_SERVICE,
  API_URL,
  inside,
  kubeconfigFile,
  NODE,
  NODE_ADDRESS,
  NODE_ADDRESS_6,
  place,
  SERVICES,
  SERVICES_6,
  type Cluster,
} from './layout.ts';

const ETCD_URL = 'http://127.0.0.1:2379';

/** Makes every certificate, key and kubeconfig of the cluster. */
export async function writeCredentials(cluster: Cluster): Promise<void> {
  const authority = await createAuthority(cluster.name);
  const nodeAddresses = cluster.ipv6 ? [NODE_ADDRESS, NODE_ADDRESS_6] : [NODE_ADDRESS];
  const services = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const [server, administrator, node, kubeletClient, tokens] = await Promise.all([
    authority.issue({
      name: 'kube-apiserver',
      dns: ['localhost', ...services, 'kubernetes.default.svc.cluster.local'],
      addresses: ['127.0.0.1', API_SERVICE, ...nodeAddresses],
    }),
    authority.issue({ name: 'administrator', groups: ['system:masters'] }),
    authority.issue({
      name: `system:node:${NODE}`,
      groups: ['system:nodes'],
      dns: [NODE],
      addresses: nodeAddresses,
    }),
    authority.issue({ name: 'kube-apiserver-kubelet-client', groups: ['system:masters'] }),
    createSigningKey(),
  ]);
  mkdirSync(place(cluster, 'pki'), { recursive: true });
  const write = (name: string, text: string): void => {
    writeFileSync(place(cluster, 'pki', name), text, { mode: 0o600 });
  };
  write('authority.crt', authority.certificate);
  for (const [name, pair] of Object.entries({ server, node, 'kubelet-client': kubeletClient })) {
    write(`${name}.crt`, pair.certificate);
    write(`${name}.key`, pair.key);
  }
  write('tokens.key', tokens.privateKey);
  write('tokens.pub', tokens.publicKey);
  const access = { url: API_URL, authority: authority.certificate };
  writeFileSync(kubeconfigFile(cluster), kubeconfig(access, administrator), { mode: 0o600 });
  writeFileSync(place(cluster, 'node.kubeconfig'), kubeconfig(access, node), { mode: 0o600 });
}

/** Programs that {@link startControlPlane} starts. */
export type ControlPlanePrograms = Readonly<
  Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl', string>
>;

/** Starts etcd, the API server, the controllers and the scheduler. */
export async function startControlPlane(cluster: Cluster, programs: ControlPlanePrograms): Promise<void> {
  await startDaemon(
    cluster,
    'etcd',
    [
      programs.etcd,
      `--data-dir=${place(cluster, 'etcd')}`,
      '--unsafe-no-fsync', // thrown away with the cluster
      `--listen-client-urls=${ETCD_URL}`,
      `--advertise-client-urls=${ETCD_URL}`,
      '--listen-peer-urls=http://127.0.0.1:0',
      '--log-level=warn',
    ],
    // Seen from this process's network etcd isn't there.
    () => succeeds([...inside(cluster), 'bash', '-c', ': </dev/tcp/127.0.0.1/2379']),
  );
  const config = kubeconfigFile(cluster);
  const kubectl = [...inside(cluster), programs.kubectl, `--kubeconfig=${config}`];
  await startDaemon(
    cluster,
    'apiserver',
    [programs['kube-apiserver'], ...apiServerFlags(cluster)],
    async () => {
      await run([...kubectl, 'get', '--raw', '/readyz'], { timeoutMs: 5_000 });
      return true;
    },
  );
  const pki = (name: string): string => place(cluster, 'pki', name);
  const common = [`--kubeconfig=${config}`, '--leader-elect=false'];
  await Promise.all([
    startDaemon(cluster, 'controller-manager', [
      programs['kube-controller-manager'],
      ...common,
      '--use-service-account-credentials',
      `--service-account-private-key-file=${pki('tokens.key')}`,
      `--root-ca-file=${pki('authority.crt')}`,
      '--controllers=*,-nodeipam',
    ]),
    startDaemon(cluster, 'scheduler', [programs['kube-scheduler'], ...common]),
  ]);
}

function apiServerFlags(cluster: Cluster): string[] {
  const pki = (name: string): string => place(cluster, 'pki', name);
  return [
    `--etcd-servers=${ETCD_URL}`,
    `--service-cluster-ip-range=${cluster.ipv6 ? `${SERVICES},${SERVICES_6}` : SERVICES}`,
    `--bind-address=${cluster.ipv6 ? '::' : '0.0.0.0'}`,
    `--advertise-address=${NODE_ADDRESS}`,
    '--secure-port=6443',
    `--tls-cert-file=${pki('server.crt')}`,
    `--tls-private-key-file=${pki('server.key')}`,
    `--client-ca-file=${pki('authority.crt')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki('tokens.pub')}`,
    `--service-account-signing-key-file=${pki('tokens.key')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--endpoint-reconciler-type=lease',
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    `--kubelet-certificate-authority=${pki('authority.crt')}`,
    // `kubectl logs` and `exec` reach the node by this address; nothing resolves its name.
    '--kubelet-preferred-address-types=InternalIP',
  ];
}
