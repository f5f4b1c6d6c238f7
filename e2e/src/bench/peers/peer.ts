import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { SidecarBooks } from '../accounts.ts';
import type { PeerName } from '../config.ts';
import type { Bench } from '../context.ts';

/** Where a process under test listens and what it forwards to, both on 127.0.0.1. */
export interface Route {
  readonly port: number;
  readonly upstreamPort: number;
  /** Where to publish what was captured. */
  readonly natsUrl: string;
}

/** A started process that forwards HTTP. */
export interface Forwarder {
  readonly process: ManagedProcess;
  /** What it says it has captured; undefined when it captures nothing. */
  readonly books?: () => Promise<SidecarBooks>;
}

/** Something that forwards HTTP and can be measured. */
export interface Peer {
  readonly name: PeerName;
  readonly title: string;
  /** Installs what is missing and says which version is there; undefined for what comes with the checkout. */
  version(bench: Bench): Promise<string | undefined>;
  /** Starts it on the measured core and waits until it forwards. */
  start(bench: Bench, route: Route): Promise<Forwarder>;
}
