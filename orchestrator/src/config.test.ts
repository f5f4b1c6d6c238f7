import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError } from '@culvert/runtime/config';
import { readCommandLine } from './command-line.ts';
import { readConfig, settings, tokenRequired } from './config.ts';
import { DEFAULT_INGEST_LIMITS } from './ingest/limits.ts';

test('without any variable, the documented addresses hold', () => {
  const config = readConfig({});

  assert.deepEqual([config.host, config.port, config.metricsPort], ['127.0.0.1', 9090, 9464]);
  assert.deepEqual([config.natsUrl, config.roles], ['nats://127.0.0.1:4222', ['ingest', 'api']]);
  assert.match(config.postgresUrl, /127\.0\.0\.1:5433\/culvert$/);
  for (const [name, value] of Object.entries(DEFAULT_INGEST_LIMITS))
    assert.equal(config[name as keyof typeof DEFAULT_INGEST_LIMITS], value, name);
});

test('every mistake is told at once, each with its variable', () => {
  const environment = {
    CULVERT_ROLES: 'ingest,gatway',
    CULVERT_PORT: '90900',
    CULVERT_METRICS_PORT: 'x',
    CULVERT_POSTGRES_URL: 'mysql://user:hidden@host/db',
    NATS_URL: 'http://127.0.0.1:4222',
    CULVERT_ALLOWED_HOSTS: 'good.example, *.bad',
    CULVERT_REQUIRE_TOKEN: 'maybe',
    CULVERT_SQL_TIMEOUT_MS: '-1',
    CULVERT_SHUTDOWN_TIMEOUT_MS: '1.5',
    CULVERT_LOG_LEVEL: 'loud',
    CULVERT_INGEST_TRANSACTION_EVENTS: '0',
  };

  assert.throws(
    () => readConfig(environment),
    (error: unknown) => {
      assert.ok(error instanceof ConfigurationError);
      assert.deepEqual(
        error.problems.map((problem) => problem.split(' ')[0]).toSorted(),
        Object.keys(environment).toSorted(),
      );
      assert.doesNotMatch(error.message, /hidden/);
      assert.match(error.message, /"gatway"/);
      return true;
    },
  );
});

test('contradictions are told too', () => {
  const environment = {
    CULVERT_TOKEN: 'a',
    CULVERT_TOKEN_FILE: 'b',
    CULVERT_PORT: '9464',
    CULVERT_STATS_MINUTES_MS: '172800000',
    CULVERT_STATS_HOURS_MS: '86400000',
  };

  assert.throws(
    () => readConfig(environment),
    (error: unknown) => error instanceof ConfigurationError && error.problems.length === 3,
  );
});

test('other machines can connect only with a token', () => {
  assert.equal(tokenRequired(readConfig({})), false);
  assert.equal(tokenRequired(readConfig({ CULVERT_REQUIRE_TOKEN: '1' })), true);
  for (const CULVERT_HOST of ['0.0.0.0', '::', '10.0.0.1'])
    assert.equal(tokenRequired(readConfig({ CULVERT_HOST })), true, CULVERT_HOST);
});

test('no two settings share a variable', () => {
  const variables = Object.values(settings).map((setting) => setting.variable);

  assert.equal(new Set(variables).size, variables.length);
});

test('the command line names roles, asks for help, or is a mistake', () => {
  assert.deepEqual(readCommandLine([]), { kind: 'run', roles: undefined });
  assert.deepEqual(readCommandLine(['--roles', 'api, ingest']), { kind: 'run', roles: ['ingest', 'api'] });
  assert.deepEqual(readCommandLine(['--help']), { kind: 'help' });
  for (const args of [['--roles', 'boss'], ['--roles', ''], ['--rolls', 'api'], ['api']])
    assert.equal(readCommandLine(args).kind, 'mistake', args.join(' '));
});
