import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withLogFields } from './log-context.ts';
import { createLogger, type LogLevel } from './log.ts';

function capture(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('test', level, { write: (line) => lines.push(JSON.parse(line) as never) });
  return { log, lines };
}

test('S3-55: lines are JSON, and those of a request say which, whoever logs them and however late', async () => {
  const { log, lines } = capture('info');
  const part = log.child({ role: 'api' });

  part.info('before');
  await withLogFields({ requestId: 'r-1', trace_id: 't-1' }, async () => {
    await new Promise(setImmediate);
    part.info('during');
    withLogFields({ span_id: 's-1' }, () => {
      log.warn('within');
    });
  });
  part.info('after');

  assert.deepEqual(
    lines.map(({ msg, level, role, requestId, trace_id, span_id }) => [
      msg,
      level,
      role,
      requestId,
      trace_id,
      span_id,
    ]),
    [
      ['before', 'info', 'api', undefined, undefined, undefined],
      ['during', 'info', 'api', 'r-1', 't-1', undefined],
      ['within', 'warn', undefined, 'r-1', 't-1', 's-1'],
      ['after', 'info', 'api', undefined, undefined, undefined],
    ],
  );
});

test('no line has the fields of another', () => {
  const { log, lines } = capture('info');

  log.info({ step: 'first' }, 'one');
  log.child({ role: 'api' }).info('two');

  assert.deepEqual(
    lines.map(({ msg, step }) => [msg, step]),
    [
      ['one', 'first'],
      ['two', undefined],
    ],
  );
});

test('S3-56: loggers of parts say which part they are, and follow the level when it changes', () => {
  const { log, lines } = capture('info');
  const part = log.child({ role: 'ingest' });

  part.debug('too quiet');
  log.level = 'debug';
  part.debug('heard');
  log.level = 'error';
  part.warn('too quiet again');

  assert.deepEqual(
    lines.map(({ msg, component, role }) => ({ msg, component, role })),
    [{ msg: 'heard', component: 'test', role: 'ingest' }],
  );
});

test('of an error, its kind, message and place are logged, and nothing that came from outside', () => {
  const { log, lines } = capture('info');
  const refused = Object.assign(new Error('invalid input syntax for type uuid: "secret"'), {
    severity: 'ERROR',
    code: '22P02',
    detail: 'secret',
    table: 'http_transactions',
  });
  const unparsed = Object.assign(new Error('Parse Error'), {
    code: 'HPE_INVALID',
    rawPacket: Buffer.from('secret'),
  });
  const notJson = (() => {
    try {
      return JSON.parse('{"password": secret}') as never;
    } catch (error) {
      return error;
    }
  })();

  log.error({ err: refused }, 'refused');
  log.error({ err: unparsed }, 'unparsed');
  log.error({ err: notJson }, 'not JSON');
  log.error({ err: new Error('outer', { cause: refused }) }, 'outer');
  log.error({ err: { password: 'secret' } }, 'no error');

  assert.doesNotMatch(JSON.stringify(lines), /secret|115,101,99/);
  const errors = lines.map(({ err }) => err as Record<string, unknown>);
  assert.equal(errors[0]?.['message'], 'Postgres refuses a value (22P02)');
  assert.equal(errors[0]['table'], 'http_transactions');
  assert.match(
    String(errors[0]['stack']),
    /^Error: Postgres refuses a value \(22P02\)\n\s+at .*log\.test\.ts/,
  );
  assert.equal(errors[1]?.['code'], 'HPE_INVALID');
  assert.match(String(errors[2]?.['message']), /^Unexpected token/);
  assert.equal((errors[3]?.['cause'] as Record<string, unknown>)['code'], '22P02');
});
