import type { KeyPair } from './kubernetes-certificates.ts';

/** What a client needs to know of an API server. */
export interface ClusterAccess {
  readonly url: string;
  /** The authority that signed the server's certificate, PEM. */
  readonly authority: string;
}

/** The text of a kubeconfig file for a user who shows a client certificate or a token. */
export function kubeconfig(
  { url, authority }: ClusterAccess,
  user: KeyPair | { readonly token: string },
): string {
  const name = 'culvert-test';
  const credentials =
    'token' in user
      ? { token: user.token }
      : { 'client-certificate-data': base64(user.certificate), 'client-key-data': base64(user.key) };
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64(authority) } }],
    users: [{ name, user: credentials }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`; // JSON is YAML
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
