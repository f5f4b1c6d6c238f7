import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createAlarm } from './alarm.ts';

function setUp(t: TestContext, work: () => void = () => undefined) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000 });
  const rung: number[] = [];
  const errors: unknown[] = [];
  const alarm = createAlarm(
    () => {
      rung.push(Date.now());
      work();
    },
    () => Date.now(),
    (error) => errors.push(error),
  );
  return { alarm, rung, errors };
}

test('the earliest moment that was asked for holds, and the work runs once for all who asked', (t) => {
  const { alarm, rung } = setUp(t);
  alarm.at(1_100);
  alarm.at(1_050);
  alarm.at(1_200);
  t.mock.timers.tick(49);
  const early = rung.length;
  t.mock.timers.tick(1);
  t.mock.timers.tick(500);
  assert.equal(early, 0);
  assert.deepEqual(rung, [1_050]);
});

test('after it has run, and after it was stopped, it can be asked again', (t) => {
  const { alarm, rung } = setUp(t);
  alarm.at(1_010);
  t.mock.timers.tick(10);
  alarm.at(1_020);
  t.mock.timers.tick(10);
  alarm.at(1_030);
  alarm.stop();
  t.mock.timers.tick(100);
  alarm.at(1_130);
  t.mock.timers.tick(10);
  assert.deepEqual(rung, [1_010, 1_020, 1_130]);
});

test('work that throws is reported and does not keep the alarm from ringing again', (t) => {
  const fault = new Error('a fault');
  const { alarm, rung, errors } = setUp(t, () => {
    throw fault;
  });
  alarm.at(1_010);
  t.mock.timers.tick(10);
  alarm.at(1_020);
  t.mock.timers.tick(10);
  assert.deepEqual(rung, [1_010, 1_020]);
  assert.deepEqual(errors, [fault, fault]);
});
