import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from './rig/eventually.ts';
import { startStack, type Stack } from './rig/stack.ts';

interface Answer {
  readonly requests: { readonly path: string }[];
  readonly agents: { readonly configRevision: string | null }[];
}

const QUERY = '{ requests { path } agents { configRevision } }';

/** A stack whose orchestrator compiles policies from a folder, and whose sidecar follows them. */
async function startStandalone(t: TestContext): Promise<{ readonly stack: Stack; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'culvert-e2e-policies-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const stack = await startStack(t, {
    sidecar: {
      CULVERT_CONFIG_KEY: 'workload.shop.cart',
      CULVERT_LABELS: 'app=cart',
      CULVERT_HEARTBEAT_MS: '200',
    },
    orchestrator: { CULVERT_CONFIG_DIR: folder },
  });
  return { stack, folder };
}

function policy(spec: string): string {
  return `apiVersion: culvert.dev/v1alpha1
kind: CapturePolicy
metadata: { name: cart, namespace: shop }
spec: { selector: { matchLabels: { app: cart } }, ${spec} }
`;
}

/** Sends requests until one is stored whose path passes, and returns the answer. */
async function requestUntil(
  stack: Stack,
  path: string,
  passes: (answer: Answer) => boolean,
): Promise<Answer> {
  return eventually(
    async () => {
      // A connection that began before the first document stays unparsed to its end.
      const response = await fetch(`http://127.0.0.1:${stack.port}${path}`, {
        headers: { connection: 'close' },
      });
      await response.arrayBuffer();
      return stack.graphql.query<Answer>(QUERY);
    },
    passes,
    `${path} is answered for`,
  );
}

test('outside a cluster a sidecar follows the policies of a folder without a restart', async (t) => {
  const { stack, folder } = await startStandalone(t);
  const file = join(folder, 'cart.yaml');
  await writeFile(file, policy('match: [{ paths: [{ value: /kept }] }]'));
  const first = await requestUntil(stack, '/kept', ({ requests }) => requests.length > 0);

  await writeFile(`${file}.new`, policy('match: [{ paths: [{ value: /other }] }]'));
  await rename(`${file}.new`, file);
  const second = await requestUntil(
    stack,
    '/other',
    ({ requests, agents }) =>
      requests.some(({ path }) => path === '/other') &&
      agents[0]?.configRevision !== first.agents[0]?.configRevision,
  );

  assert.ok(first.requests.every(({ path }) => path === '/kept'));
  assert.match(second.agents[0]?.configRevision ?? '', /^[0-9a-f]{16}$/);
});
