import assert from 'node:assert/strict';
import { test } from 'node:test';
import { natsAddress } from './nats.ts';

test('servers and credentials are taken apart', () => {
  assert.deepEqual(natsAddress('nats://one:4222,two:4223'), { servers: ['one:4222', 'two:4223'] });
  assert.deepEqual(natsAddress('nats://us%40er:p%2Fw@host:4222'), {
    servers: ['host:4222'],
    user: 'us@er',
    pass: 'p/w',
  });
  assert.deepEqual(natsAddress('nats://token@host:4222'), { servers: ['host:4222'], token: 'token' });
});
