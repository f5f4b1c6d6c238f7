import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { booksMessages, createBooks } from './books.ts';
import { openReservation, RESERVED_BLOCK } from './reservation.ts';

const BOOTS = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];

function setUp(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-reservation-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return {
    directory,
    open: (boot: string, agent = 'agent/1') =>
      openReservation(directory, agent, boot, (error) => assert.fail(String(error))),
  };
}

test('what a killed boot captured is known within one block', (t) => {
  const { open } = setUp(t);
  open(BOOTS[0]).cover(2_345);
  const [closed] = open(BOOTS[1]).closedBoots;
  assert.equal(closed?.bootId.toString('hex'), BOOTS[0]);
  assert.equal(closed.capturedMin, 2_000);
  assert.equal(closed.capturedMax, 3_000);
});

test('the last note narrows the bounds', (t) => {
  const { open } = setUp(t);
  const books = createBooks();
  books.exchange.captured = 2_345;
  books.exchange.published = 2_300;
  const first = open(BOOTS[0]);
  first.cover(2_345);
  first.note(booksMessages(books));
  const [closed] = open(BOOTS[1]).closedBoots;
  assert.equal(closed?.capturedMin, 2_345);
  assert.equal(closed.capturedMax, 3_000);
  assert.equal(closed.lastBooks[0]?.published, 2_300);
});

test('a boot is reported until its report is safe, over further boots too', (t) => {
  const { open } = setUp(t);
  open(BOOTS[0]);
  open(BOOTS[1]);
  const third = open(BOOTS[2]);
  assert.equal(third.closedBoots.length, 2);
  third.forget(Buffer.from(BOOTS[0], 'hex'));
  assert.deepEqual(
    third.closedBoots.map((boot) => boot.bootId.toString('hex')),
    [BOOTS[1]],
  );
  third.forget(Buffer.from(BOOTS[1], 'hex'));
  third.end();
  assert.equal(open(BOOTS[0]).closedBoots.length, 0);
});

test('a boot that ended in order leaves nothing behind', (t) => {
  const { directory, open } = setUp(t);
  const first = open(BOOTS[0]);
  first.note(booksMessages(createBooks()));
  first.end();
  assert.deepEqual(readdirSync(join(directory, 'agent~2F1')), []);
});

test('agents share a directory without seeing each other', (t) => {
  const { open } = setUp(t);
  open(BOOTS[0], 'one');
  assert.equal(open(BOOTS[1], 'two').closedBoots.length, 0);
});

test('what nobody had read yet lies within the bounds too, which are no further apart for it', (t) => {
  const { directory, open } = setUp(t);
  for (const captured of [1, 743, 744, 745, 999, 1_000, 12_345]) {
    const agent = `agent ${captured}`;
    openReservation(directory, agent, BOOTS[0], assert.ifError, 256).cover(captured);
    const [closed] = open(BOOTS[1], agent).closedBoots;
    assert.ok(closed);
    assert.ok(closed.capturedMin <= captured && captured + 256 <= closed.capturedMax, String(captured));
    assert.ok(closed.capturedMax - closed.capturedMin <= RESERVED_BLOCK);
  }
});

test('what an earlier boot left and can not be read is cleared away', (t) => {
  const { directory, open } = setUp(t);
  open(BOOTS[0], 'agent').cover(1_500);
  const [left, right] = BOOTS.slice(1).map((boot) => join(directory, 'agent', boot)) as [string, string];
  writeFileSync(`${left}.reserved`, Buffer.alloc(8, 0xff));
  writeFileSync(`${left}.books`, Buffer.alloc(300, 0xff));
  mkdirSync(`${right}.reserved`);
  writeFileSync(join(directory, 'agent', `${BOOTS[0]}.books`), Buffer.alloc(300, 0x08));
  const { closedBoots } = open('d'.repeat(32), 'agent');
  assert.deepEqual(
    closedBoots.map((boot) => [boot.bootId.toString('hex'), boot.capturedMin, boot.capturedMax]),
    [[BOOTS[0], 1_000, 2_000]],
  );
  assert.equal(readdirSync(join(directory, 'agent')).length, 3);
});
