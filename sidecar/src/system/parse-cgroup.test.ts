import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseBlockServiceBytes,
  parseCpuMax,
  parseCpuQuota,
  parseIoStat,
  parseNamed,
  parseNumber,
  parseOwnGroups,
} from './parse-cgroup.ts';

test('the own group is found by controller in version 1 and under the empty name in version 2', () => {
  const one = parseOwnGroups('12:cpu,cpuacct:/kubepods/pod1/a\n5:memory:/kubepods/pod1/a\n0::/\n');
  const two = parseOwnGroups('0::/system.slice/culvert.service\n');

  assert.equal(one.get('cpuacct'), '/kubepods/pod1/a');
  assert.equal(one.get('cpu'), '/kubepods/pod1/a');
  assert.equal(one.get('memory'), '/kubepods/pod1/a');
  assert.equal(two.get(''), '/system.slice/culvert.service');
});

test('numbers are read alone and by name, and no limit is none', () => {
  assert.equal(parseNumber('4096\n'), 4_096);
  assert.equal(parseNumber('max\n'), undefined);
  assert.equal(parseNumber(''), undefined);
  assert.equal(parseNamed('usage_usec 123\nuser_usec 100\n', 'usage_usec'), 123);
  assert.equal(parseNamed('total_inactive_file 7\ninactive_file 5\n', 'inactive_file'), 5);
  assert.equal(parseNamed('usage 1\n', 'usage_usec'), undefined);
});

test('a limit of processor time is a number of processors, a fraction too', () => {
  assert.equal(parseCpuMax('50000 100000\n'), 0.5);
  assert.equal(parseCpuMax('max 100000\n'), undefined);
  assert.equal(parseCpuQuota('200000\n', '100000\n'), 2);
  assert.equal(parseCpuQuota('-1\n', '100000\n'), undefined);
  assert.equal(parseCpuQuota('', ''), undefined);
});

test('S1-18: bytes of disks are read from both versions', () => {
  const two = parseIoStat(
    '254:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=1 wios=1\n7:0 \n',
  );
  const one = parseBlockServiceBytes(
    '254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 0\n254:0 Total 12288\nTotal 12288\n',
  );

  assert.deepEqual(
    [...two],
    [
      ['254:0', { in: 4_096, out: 8_192 }],
      ['8:16', { in: 1, out: 2 }],
    ],
  );
  assert.deepEqual([...one], [['254:0', { in: 4_096, out: 8_192 }]]);
  assert.deepEqual([...parseIoStat('')], []);
});
