import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededPorts, readConfig } from './config.ts';

test('the demo listens where the documentation says unless told otherwise', () => {
  const ports = neededPorts(readConfig({})).map((needed) => needed.port);

  assert.deepEqual(ports, [5433, 4222, 9090, 9464, 8081, 8082, 9465]);
});

test('one port for two purposes is refused with both variables', () => {
  assert.throws(
    () => readConfig({ CULVERT_DEMO_API_PORT: '8081' }),
    /CULVERT_DEMO_API_PORT and CULVERT_DEMO_APPLICATION_PORT are both 8081/,
  );
});

test('ports that clash are told beside ports that are none', () => {
  assert.throws(
    () =>
      readConfig({
        CULVERT_DEMO_API_PORT: '8081',
        CULVERT_DEMO_NATS_PORT: 'x',
        CULVERT_DEMO_POSTGRES_PORT: 'y',
      }),
    /3 mistakes:[^]*NATS_PORT must be a port[^]*POSTGRES_PORT must be a port[^]*_PORT are both 8081$/,
  );
});

test('the setting once is the variable ONCE', () => {
  assert.equal(readConfig({ ONCE: '1' }).once, true);
  assert.equal(readConfig({}).once, false);
});
