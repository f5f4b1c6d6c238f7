import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';

/** A request over TLS to a server whose certificate `authority` has signed. */
export interface TlsCall {
  readonly url: string;
  readonly serverName: string;
  /** PEM. */
  readonly authority: string;
}

/** What was answered, and who by. */
export interface TlsAnswer {
  readonly body: string;
  readonly authorized: boolean;
  readonly fingerprint: string;
}

export function fetchOverTls({ url, serverName, authority }: TlsCall): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { servername: serverName, ca: authority, timeout: 20_000 }, (response) => {
      const socket = response.socket as TLSSocket;
      const fingerprint = socket.getPeerCertificate().fingerprint256;
      const { authorized } = socket;
      text(response).then((body) => {
        resolve({ body, authorized, fingerprint });
      }, reject);
    });
    sending.once('timeout', () => sending.destroy(new Error('no answer for twenty seconds')));
    sending.once('error', reject);
    sending.end();
  });
}
