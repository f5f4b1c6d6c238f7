import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseDefaultRoutes,
  parseDiskStats,
  parseMeminfo,
  parseNetworkDevices,
  parseStat,
} from './parse-proc.ts';

test('S1-15: processor time that was not idle is read from /proc/stat, guests counted once', () => {
  const stat = parseStat(`cpu  1000 200 300 90000 700 10 20 30 400 50
cpu0 500 100 150 45000 350 5 10 15 200 25
cpu1 500 100 150 45000 350 5 10 15 200 25
intr 123 4 5
btime 1700000000
`);

  assert.deepEqual(stat, { usedSeconds: 15.6, processors: 2 });
  assert.equal(parseStat('no such file'), undefined);
});

test('S1-16: memory in total and available is read from /proc/meminfo', () => {
  const text = 'MemTotal:       16384 kB\nMemFree:          1024 kB\nMemAvailable:    8192 kB\n';

  assert.deepEqual(parseMeminfo(text), { totalBytes: 16_777_216, availableBytes: 8_388_608 });
  // Kernels before 3.14 don't tell what is available.
  assert.deepEqual(parseMeminfo('MemTotal:       16384 kB\n'), {
    totalBytes: 16_777_216,
    availableBytes: undefined,
  });
  assert.equal(parseMeminfo(''), undefined);
});

test('S1-17: bytes of interfaces are read from /proc/net/dev, however narrow its columns, without loopback', () => {
  const traffic =
    parseNetworkDevices(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0:1234567    10    0    0    0     0          0         0 7654321 20 0 0 0 0 0 0
eth0.42: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
`);

  assert.deepEqual(
    [...(traffic ?? [])],
    [
      ['eth0', { in: 1_234_567, out: 7_654_321 }],
      ['eth0.42', { in: 5, out: 6 }],
    ],
  );
  assert.equal(parseNetworkDevices(''), undefined);
});

test('interfaces with a default route are found in both tables of routes', () => {
  const ipv4 = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0100A8C0	0003	0	0	0	00000000	0	0	0
tun0	00000000	00000000	0001	0	0	0	00000080	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
`;
  const zero = '0'.repeat(32);
  const ipv6 = `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth1
${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo
fe80${'0'.repeat(28)} 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth2
`;

  assert.deepEqual([...parseDefaultRoutes(ipv4, ipv6)], ['eth0', 'eth1']);
  assert.deepEqual([...parseDefaultRoutes('', '')], []);
});

test('S1-18: bytes of disks are read from /proc/diskstats in sectors of 512 bytes', () => {
  const traffic = parseDiskStats(`   8       0 sda 100 5 2000 30 200 6 4000 70 0 80 90 1 2 3 4 5 6
   8       1 sda1 90 5 1800 30 200 6 4000 70 0 80 90
   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0
`);

  assert.deepEqual(traffic.get('sda'), { in: 1_024_000, out: 2_048_000 });
  assert.deepEqual([...traffic.keys()], ['sda', 'sda1', 'loop0']);
});
