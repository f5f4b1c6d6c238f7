import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startKubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { createLogger } from '@culvert/runtime/log';
import { clientOf } from '../webhook/testing/installed.ts';
import { createEventRecorder } from './recorder.ts';

interface Events {
  readonly items: readonly { readonly reason: string; readonly involvedObject: { readonly name?: string } }[];
}

test('an event about a pod that has only the beginning of a name is written', async (t) => {
  const api = await startKubernetesApi();
  const client = clientOf(api);
  t.after(async () => {
    client.close();
    await api.stop();
  });
  await api.createNamespace('shop');
  const recorder = createEventRecorder(client, 'operator-0', createLogger('operator', 'fatal'));
  const pod = { apiVersion: 'v1', kind: 'Pod', name: 'batch-', namespace: 'shop' };

  recorder.record(
    pod,
    { type: 'Warning', reason: 'HostNetwork', note: 'the ports are the node’s' },
    'Inject',
  );

  const written = async (): Promise<boolean> => {
    const { items } = await client.get<Events>('/api/v1/namespaces/shop/events');
    return items.some(
      ({ reason, involvedObject }) => reason === 'HostNetwork' && involvedObject.name === 'batch-',
    );
  };
  assert.ok(await becomesTrue(written, { timeoutMs: 20_000, everyMs: 100 }));
});
