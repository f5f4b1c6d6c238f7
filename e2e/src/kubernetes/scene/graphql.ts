import assert from 'node:assert/strict';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { V1Secret } from '@kubernetes/client-node';
import { kubectl } from './commands.ts';
import { wayTo, type Way } from './forward.ts';
import { RELEASE, SYSTEM } from './installation.ts';

let way: Promise<Way> | undefined;
let token: Promise<string> | undefined;

/**
 * Asks the installation's orchestrator.
 *
 * @throws when it answers with errors or not at all, which may pass: ask within `eventually`
 */
export async function query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
  token ??= readToken();
  way ??= wayTo(`${RELEASE}-orchestrator`, 9090);
  const authorization = `Bearer ${await token}`;
  const { host, port } = await way;
  const answer = await post(host, port, authorization, JSON.stringify({ query: document, variables }));
  const { data, errors } = JSON.parse(answer) as { data?: T; errors?: unknown };
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data as T;
}

/** Ends what {@link query} has opened. */
export async function closeGraphql(): Promise<void> {
  const opened = await way;
  way = undefined;
  await opened?.close();
}

async function readToken(): Promise<string> {
  const { stdout } = await kubectl([
    `--namespace=${SYSTEM}`,
    'get',
    'secret',
    `${RELEASE}-graphql`,
    '--output=json',
  ]);
  return Buffer.from((JSON.parse(stdout) as V1Secret).data?.['token'] ?? '', 'base64')
    .toString()
    .trim();
}

function post(host: string, port: number, authorization: string, body: string): Promise<string> {
  // An address is no name that the orchestrator serves by itself; localhost is.
  const headers = { host: 'localhost', authorization, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const options = { host, port, path: '/graphql', method: 'POST', headers, timeout: 10_000, agent: false };
    const sending = request(options, (response) => {
      text(response).then(resolve, reject);
    });
    sending.once('timeout', () => sending.destroy(new Error('GraphQL has not answered for ten seconds')));
    sending.once('error', reject);
    sending.end(body);
  });
}
