import { request } from 'node:http';

/** A request; with `pieces` its body is chunked, one piece a chunk. */
export interface FetchCall {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces?: readonly string[];
  readonly times?: number;
}

/** What was answered to the last of the requests. */
export interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export async function fetchTimes(call: FetchCall): Promise<Fetched> {
  for (let sent = 1; sent < (call.times ?? 1); sent++) await fetchOnce(call);
  return fetchOnce(call);
}

function fetchOnce({ url, method = 'GET', headers = {}, pieces = [] }: FetchCall): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, timeout: 20_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    sending.once('error', reject);
    sending.once('timeout', () => sending.destroy(new Error('no answer for twenty seconds')));
    for (const piece of pieces) sending.write(piece);
    sending.end();
  });
}
