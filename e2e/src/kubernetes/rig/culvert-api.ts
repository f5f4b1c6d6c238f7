import assert from 'node:assert/strict';
import { kubectl } from '../scene/commands.ts';
import { NAMESPACE, RELEASE } from './installation.ts';
import { reach } from './reach.ts';

/** The API of the installed orchestrator. */
export interface CulvertApi {
  /** The address of GraphQL, for requests with {@link headers}. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The data of a query; fails the test on GraphQL errors. */
  query<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  close(): Promise<void>;
}

/** Connects to the orchestrator with the token that its installation made. */
export async function openCulvertApi(): Promise<CulvertApi> {
  const token = await readSecret(`${RELEASE}-graphql`, 'token');
  const reached = await reach(NAMESPACE, `service/${RELEASE}-orchestrator`, 9090);
  const url = `http://127.0.0.1:${reached.port}/graphql`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    url,
    headers,
    async query<T>(document: string, variables: Readonly<Record<string, unknown>> = {}) {
      const body = JSON.stringify({ query: document, variables });
      const response = await fetch(url, { method: 'POST', headers, body });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      const { data, errors } = JSON.parse(text) as { data?: T; errors?: unknown };
      assert.equal(errors, undefined, JSON.stringify(errors));
      return data as T;
    },
    close: () => reached.close(),
  };
}

/** A value of a Secret in the installation's namespace. */
export async function readSecret(name: string, key: string): Promise<string> {
  const { stdout } = await kubectl([`--namespace=${NAMESPACE}`, 'get', 'secret', name, '--output=json']);
  const { data } = JSON.parse(stdout) as { data?: Record<string, string> };
  const value = data?.[key];
  assert.ok(value, `Secret ${name} has ${key}`);
  return Buffer.from(value, 'base64').toString();
}
