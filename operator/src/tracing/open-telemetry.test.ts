import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { exportSpans } from './open-telemetry.ts';

interface Exported {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly kind: number;
        readonly status: { readonly code?: number };
      }[];
    }[];
  }[];
}

test('spans go to the collector by OTLP over HTTP, requests as children of what made them', async (context) => {
  const bodies: Exported[] = [];
  const paths: string[] = [];
  const collector = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      paths.push(request.url ?? '');
      bodies.push(JSON.parse(text) as Exported);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    collector.closeAllConnections();
    collector.close();
  });
  const { port } = collector.address() as AddressInfo;
  const tracing = exportSpans(`http://127.0.0.1:${port}/`, 'replica', '0.1.0');

  await tracing.span('reconcile', { 'k8s.namespace.name': 'shop' }, async () => {
    await tracing.span('kubernetes PATCH', {}, async () => undefined);
    await assert.rejects(tracing.span('kubernetes GET', {}, () => Promise.reject(new Error('refused'))));
  });
  await tracing.close();

  const spans = bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  const parent = spans.find(({ name }) => name === 'reconcile');
  const children = spans.filter(({ name }) => name.startsWith('kubernetes '));
  assert.deepEqual(new Set(paths), new Set(['/v1/traces']));
  assert.deepEqual(
    children.map(({ parentSpanId }) => parentSpanId),
    [parent?.spanId, parent?.spanId],
  );
  assert.deepEqual(
    children.map(({ status }) => status.code ?? 0),
    [0, 2],
  );
});
