import { mkdirSync, writeFileSync } from 'node:fs';
import { startDaemon } from './daemon.ts';
import {
  DNS_SERVICE,
  kubeconfigFile,
  NODE,
  NODE_ADDRESS,
  NODE_ADDRESS_6,
  place,
  PODS,
  PODS_6,
  type Cluster,
} from './layout.ts';

/** Starts kubelet and kube-proxy: what makes this machine a node. */
export async function startNode(
  cluster: Cluster,
  programs: Readonly<Record<'kubelet' | 'kube-proxy', string>>,
): Promise<void> {
  const write = (name: string, content: object): string => {
    const file = place(cluster, name);
    writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`); // JSON is YAML
    return file;
  };
  mkdirSync(place(cluster, 'pods'), { recursive: true });
  const kubelet = write('kubelet.yaml', kubeletConfiguration(cluster));
  const proxy = write('kube-proxy.yaml', proxyConfiguration(cluster));
  await Promise.all([
    startDaemon(cluster, 'kubelet', [
      programs.kubelet,
      `--config=${kubelet}`,
      `--kubeconfig=${place(cluster, 'node.kubeconfig')}`,
      `--hostname-override=${NODE}`,
      `--node-ip=${cluster.ipv6 ? `${NODE_ADDRESS},${NODE_ADDRESS_6}` : NODE_ADDRESS}`,
      `--root-dir=${place(cluster, 'kubelet')}`,
      `--cert-dir=${place(cluster, 'pki')}`,
    ]),
    startDaemon(cluster, 'kube-proxy', [programs['kube-proxy'], `--config=${proxy}`]),
  ]);
}

function kubeletConfiguration(cluster: Cluster): object {
  const pki = (name: string): string => place(cluster, 'pki', name);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('authority.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('node.crt'),
    tlsPrivateKeyFile: pki('node.key'),
    containerRuntimeEndpoint: `unix://${place(cluster, 'containerd.sock')}`,
    // Everything below one group, so that taking the cluster down finds every process.
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cluster.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    podLogsDir: place(cluster, 'pods'),
    volumePluginDir: place(cluster, 'kubelet', 'plugins'),
    clusterDNS: [DNS_SERVICE],
    clusterDomain: 'cluster.local',
    resolvConf: '',
    // This machine's other work must not make pods go.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // Tests start and stop many pods.
    maxPods: 200,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    registerNode: true,
    syncFrequency: '10s',
  };
}

function proxyConfiguration(cluster: Cluster): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clusterCIDR: cluster.ipv6 ? `${PODS},${PODS_6}` : PODS,
    clientConnection: { kubeconfig: kubeconfigFile(cluster) },
    hostnameOverride: NODE,
    conntrack: { maxPerCore: 0 },
    nftables: { minSyncPeriod: '100ms' },
  };
}
