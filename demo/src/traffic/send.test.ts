import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createApplication } from '../application/server.ts';
import { sendTraffic } from './send.ts';
import { createNumbering } from './sent.ts';

test('the samples are answered by the application as it stands, each under an id of its own', async (t) => {
  const application = createApplication().listen(0, '127.0.0.1');
  t.after(() => {
    application.close();
    application.closeAllConnections();
  });
  await new Promise((resolve) => application.once('listening', resolve));
  const { port } = application.address() as AddressInfo;

  const traffic = await sendTraffic(port, createNumbering('run'), new AbortController().signal);

  const all = [...traffic.sent, await traffic.open];
  assert.equal(new Set(all.map((one) => one.id)).size, all.length);
  assert.ok(
    all.length > 36 && all.length <= 50,
    'a few dozen, and no more than the list of the newest holds',
  );
  assert.deepEqual(
    [...new Set(all.flatMap(({ response }) => response?.status ?? []))].toSorted((a, b) => a - b),
    [101, 200, 201, 204, 301, 303, 304, 400, 401, 403, 404, 429, 500, 503],
  );
});
