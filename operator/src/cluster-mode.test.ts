import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@culvert/runtime/log';
import { followClusterMode } from './cluster-mode.ts';
import { manualTimers } from './testing/timers.ts';

const log = createLogger('test', 'fatal');

test('an API server that does not answer at first, and one that is upgraded, are asked again', async () => {
  const answers = [undefined, { major: '1', minor: '31' }, { major: '1', minor: '32' }];
  const timers = manualTimers();
  const get = <T>(): Promise<T> => {
    const answer = answers.shift();
    return answer === undefined ? Promise.reject(new Error('away')) : Promise.resolve(answer as T);
  };

  const mode = await followClusterMode({ get }, 'auto', timers, log);
  const seen = [mode.current()];
  for (const ms of [5_000, 600_000]) {
    timers.advance(ms);
    await new Promise(setImmediate);
    seen.push(mode.current());
  }
  mode.stop();

  deepEqual(seen, ['RedirectOnly', 'RedirectOnly', 'auto']);
  deepEqual(answers, []);
});
