import { existsSync } from 'node:fs';
import { run } from './command.ts';
import { inside, namespaceFile, NODE_ADDRESS, NODE_ADDRESS_6, type Cluster } from './layout.ts';

const BRIDGE = 'cni0';

/** Makes the namespace with a bridge in it. It has no way out, so that no test's traffic leaves this machine. */
export async function createNetwork(cluster: Cluster): Promise<void> {
  const ip = (...args: string[]): Promise<string> => run([...inside(cluster), 'ip', ...args]);
  const set = (name: string, value: number): Promise<string> =>
    run([...inside(cluster), 'sysctl', '--quiet', '--write', `${name}=${value}`]);
  await run(['ip', 'netns', 'add', cluster.name]);
  await ip('link', 'set', 'lo', 'up');
  await ip('link', 'add', BRIDGE, 'type', 'bridge');
  await ip('address', 'add', `${NODE_ADDRESS}/24`, 'dev', BRIDGE);
  if (cluster.ipv6) await ip('-6', 'address', 'add', `${NODE_ADDRESS_6}/64`, 'dev', BRIDGE, 'nodad');
  await ip('link', 'set', BRIDGE, 'up');
  // Without any route to them, addresses of Services would be refused before they are translated.
  await ip('route', 'add', 'default', 'via', NODE_ADDRESS);
  await set('net.ipv4.ip_forward', 1);
  if (!cluster.ipv6) return;
  await ip('-6', 'route', 'add', 'default', 'dev', BRIDGE);
  await set('net.ipv6.conf.all.forwarding', 1);
}

/** Removes the namespace and with it bridge, interfaces and rules. */
export async function removeNetwork(cluster: Cluster): Promise<void> {
  if (existsSync(namespaceFile(cluster))) await run(['ip', 'netns', 'delete', cluster.name]);
}
