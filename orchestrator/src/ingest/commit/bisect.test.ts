import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { writeBisecting } from './bisect.ts';

const CLIENT = { query: () => Promise.resolve() } as unknown as pg.ClientBase;

function refusal(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('refused', 0, 'error');
  error.code = code;
  return error;
}

async function run(units: readonly string[], culprits: ReadonlySet<string>, code = '22021') {
  const written: string[] = [];
  const refused: string[] = [];
  let writes = 0;
  await writeBisecting(CLIENT, units, {
    write: (set) => {
      writes++;
      const all = set.flatMap((unit) => unit.split('+'));
      if (all.some((unit) => culprits.has(unit))) return Promise.reject(refusal(code));
      written.push(...all);
      return Promise.resolve();
    },
    divide: (unit) => {
      const [first = '', ...rest] = unit.split('+');
      return rest.length === 0 ? undefined : [first, rest.join('+')];
    },
    refused: (unit) => refused.push(unit),
    onSplit: () => undefined,
  });
  return { written, refused, writes };
}

const UNITS = Array.from({ length: 5_000 }, (_, i) => String(i));

test('one culprit among thousands is found in about log₂ writes, the rest is written once', async () => {
  const { written, refused, writes } = await run(UNITS, new Set(['3141']));

  assert.deepEqual(refused, ['3141']);
  assert.deepEqual(
    written,
    UNITS.filter((unit) => unit !== '3141'),
  );
  assert.ok(writes <= 2 * 13 + 1, `${writes} writes`);
});

test('every culprit is found, at either end and side by side', async () => {
  const culprits = new Set(['0', '1', '2500', '4999']);

  const { written, refused } = await run(UNITS, culprits);

  assert.deepEqual(new Set(refused), culprits);
  assert.equal(written.length, UNITS.length - culprits.size);
});

test('a unit made of several things is taken apart', async () => {
  const { written, refused } = await run(['a+b+c', 'd'], new Set(['b']));

  assert.deepEqual(refused, ['b']);
  assert.deepEqual(written, ['a', 'c', 'd']);
});

test('what is no refusal ends the search', async () => {
  await assert.rejects(run(UNITS, new Set(['1']), '40001'));
});
