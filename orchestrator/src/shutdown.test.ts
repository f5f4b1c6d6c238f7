import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shutDown } from '@culvert/runtime/lifecycle';
import { shutdownSteps, type ShutdownParts } from './shutdown.ts';
import { silent } from './testing/store.ts';

/** Parts that write down what happens to them. */
function parts(more: Partial<ShutdownParts> = {}): {
  readonly happened: string[];
  readonly parts: ShutdownParts;
} {
  const happened: string[] = [];
  const note = (what: string) => () => {
    happened.push(what);
    return Promise.resolve();
  };
  return {
    happened,
    parts: {
      notify: () => void happened.push('notify'),
      api: { stopAccepting: note('stop accepting'), terminate: () => void happened.push('terminate') },
      ingest: { stop: note('flush ingest') },
      link: { close: note('close NATS') },
      pools: [{ end: note('close Postgres') }],
      admin: { close: note('close admin') },
      requestTimeoutMs: 1_000,
      ...more,
    },
  };
}

const AFTERWARDS = ['terminate', 'flush ingest', 'close NATS', 'close Postgres', 'close admin'];

test('S5-42: what was received is flushed after the connections are closed and before the database is', async () => {
  const { happened, parts: all } = parts();

  const clean = await shutDown(shutdownSteps(all), silent);

  assert.equal(clean, true);
  assert.deepEqual(happened, ['notify', 'stop accepting', ...AFTERWARDS]);
});

test('S5-41: requests that take too long are cut off, and the rest goes on in order', async () => {
  const { happened, parts: all } = parts({ requestTimeoutMs: 1 });
  const api = {
    stopAccepting: () => new Promise<void>(() => undefined),
    terminate: () => void happened.push('terminate'),
  };

  const clean = await shutDown(shutdownSteps({ ...all, api }), silent);

  assert.equal(clean, false);
  assert.deepEqual(happened, ['notify', ...AFTERWARDS]);
});

test('a role that was not played has nothing to end', async () => {
  const { happened, parts: all } = parts({ api: undefined, ingest: undefined, admin: undefined });

  const clean = await shutDown(shutdownSteps(all), silent);

  assert.equal(clean, true);
  assert.deepEqual(happened, ['notify', 'close NATS', 'close Postgres']);
});
