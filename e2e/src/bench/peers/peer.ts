import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { PeerName } from '../config.ts';
import type { Bench } from '../context.ts';

/** Where a process under test listens and what it forwards to, both on 127.0.0.1. */
export interface Route {
  readonly port: number;
  readonly upstreamPort: number;
}

/** Something that forwards HTTP and can be measured. */
export interface Peer {
  readonly name: PeerName;
  readonly title: string;
  /** Installs what is missing and says which version is there. */
  version(bench: Bench): Promise<string>;
  /** Starts it on the measured core and waits until it forwards. */
  start(bench: Bench, route: Route): Promise<ManagedProcess>;
}
