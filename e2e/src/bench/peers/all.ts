import type { PeerName } from '../config.ts';
import { haproxy } from './haproxy.ts';
import { mitmproxy } from './mitmproxy.ts';
import { nginx } from './nginx.ts';
import { nodeHttp, relay } from './node-programs.ts';
import type { Peer } from './peer.ts';
import { sidecar } from './sidecar.ts';

const ALL: readonly Peer[] = [haproxy, nginx, relay, sidecar, nodeHttp, mitmproxy];

/** The peers of these names and HAProxy, to which the others are compared. */
export function chosenPeers(names: readonly PeerName[]): readonly Peer[] {
  return ALL.filter((peer) => peer === haproxy || names.includes(peer.name));
}
