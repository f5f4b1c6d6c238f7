import type { Redirect } from './redirects.ts';

/**
 * The nftables script that makes these redirects the only ones of Culvert in a network namespace, IPv4 and IPv6.
 *
 * nft applies a script as one transaction: the table is made where it is missing, so that it can be deleted, and made
 * anew. There is no moment without it, and running the script again changes nothing.
 *
 * Only what comes in from outside is redirected. What the pod's own containers send to its loopback or to its own
 * address arrives on `lo` and goes to the application directly, as do the sidecar's own connections to it.
 */
export function renderRuleset(redirects: readonly Redirect[]): string {
  const rules = redirects.map(({ from, to }) => `    iifname != "lo" tcp dport ${from} redirect to :${to}`);
  return [
    'table inet culvert',
    'delete table inet culvert',
    'table inet culvert {',
    '  chain prerouting {',
    '    type nat hook prerouting priority dstnat; policy accept;',
    ...rules,
    '  }',
    '}',
    '',
  ].join('\n');
}
