import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@culvert/runtime/log';
import type { FaultLog } from './files.ts';
import { createMeter, type Measured } from './meter.ts';
import { createTree, networkDevices } from './testing/tree.ts';

const silent = createLogger('test', 'fatal');
const MEMINFO = 'MemTotal:       1048576 kB\nMemAvailable:    786432 kB\n';
const GIB = 1024 ** 3;

/** A meter over a made tree, on a clock that the test moves. */
function measure(
  t: TestContext,
  of: Measured['of'],
  files: Readonly<Record<string, string>>,
  log: FaultLog = silent,
) {
  const tree = createTree(t, files);
  let now = 1_000_000;
  const meter = createMeter({ ...tree, of, diskPath: tree.procDirectory }, () => now, log);
  return {
    now: () => meter.measure(),
    after: (milliseconds: number, changes: Readonly<Record<string, string>>) => {
      now += milliseconds;
      tree.write(changes);
      return meter.measure();
    },
  };
}

const POD_NETWORK = { 'proc/self/net/dev': networkDevices({ lo: [1e9, 1e9], eth0: [1_000, 2_000] }) };
const POD_NETWORK_LATER = { 'proc/self/net/dev': networkDevices({ lo: [9e9, 9e9], eth0: [6_000, 4_500] }) };
const DEVICES = {
  'sys/dev/block/254:0': '->../../devices/pci0000:00/0000:00:01.0/virtio0/block/vda',
  'sys/dev/block/253:1': '->../../devices/virtual/block/dm-1',
};

test('S1-15 S1-16 S1-17 S1-18: a container of version 2 is measured by its own group, limits and network', async (t) => {
  const meter = measure(t, 'group', {
    'proc/self/cgroup': '0::/\n',
    'proc/meminfo': MEMINFO,
    ...POD_NETWORK,
    ...DEVICES,
    'sys/fs/cgroup/cgroup.controllers': 'cpu io memory\n',
    'sys/fs/cgroup/cgroup.events': 'populated 1\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 1000000\nuser_usec 1\nsystem_usec 1\n',
    'sys/fs/cgroup/cpu.max': '50000 100000\n',
    'sys/fs/cgroup/memory.current': '100000\n',
    'sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 40000\n',
    'sys/fs/cgroup/memory.max': '134217728\n',
    'sys/fs/cgroup/io.stat': '254:0 rbytes=1000 wbytes=2000 rios=1 wios=1\n253:1 rbytes=1 wbytes=1\n',
  });

  const first = await meter.now();
  const second = await meter.after(5_000, {
    ...POD_NETWORK_LATER,
    'sys/fs/cgroup/cpu.stat': 'usage_usec 2000000\n',
    'sys/fs/cgroup/io.stat': '254:0 rbytes=1000 wbytes=12000 rios=1 wios=1\n253:1 rbytes=1 wbytes=99999\n',
  });

  assert.equal(first?.cpuSystemPercent, undefined);
  assert.equal(first?.memoryUsedBytes, 60_000);
  assert.equal(second?.memoryTotalBytes, 134_217_728);
  // One second of five on half a processor.
  assert.equal(second?.cpuSystemPercent, 40);
  assert.deepEqual([second.networkRxBytesPerSecond, second.networkTxBytesPerSecond], [1_000, 500]);
  assert.deepEqual([second.diskReadBytesPerSecond, second.diskWriteBytesPerSecond], [0, 2_000]);
  assert.ok((second.memoryProcessBytes ?? 0) > 0);
  assert.ok((second.diskAvailableBytes ?? -1) >= 0);
});

test('S1-15 S1-16 S1-18: a container of version 1 is measured alike, whatever path the kernel names', async (t) => {
  const group = (usage: number, written: number) => ({
    'sys/fs/cgroup/cpu,cpuacct/cpuacct.usage': `${usage}\n`,
    'sys/fs/cgroup/blkio/blkio.throttle.io_service_bytes': `254:0 Read 1000\n254:0 Write ${written}\n254:0 Total 9\nTotal 9\n`,
  });
  const meter = measure(t, 'group', {
    'proc/self/cgroup':
      '7:blkio:/kubepods/pod1/c\n4:memory:/kubepods/pod1/c\n2:cpu,cpuacct:/kubepods/pod1/c\n',
    'proc/meminfo': MEMINFO,
    ...POD_NETWORK,
    ...DEVICES,
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '100000\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    'sys/fs/cgroup/memory/memory.usage_in_bytes': '100000\n',
    'sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 30000\n',
    // How version 1 writes that there is no limit.
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    ...group(1e9, 2_000),
  });

  await meter.now();
  const second = await meter.after(5_000, group(2e9, 7_000));

  assert.equal(second?.cpuSystemPercent, 20);
  assert.equal(second.memoryUsedBytes, 70_000);
  assert.equal(second.memoryTotalBytes, GIB);
  assert.deepEqual([second.diskReadBytesPerSecond, second.diskWriteBytesPerSecond], [0, 1_000]);
});

test('a process outside of containers is measured by the group that the kernel names', async (t) => {
  const meter = measure(t, 'group', {
    'proc/self/cgroup': '0::/system.slice/culvert.service\n',
    'proc/meminfo': MEMINFO,
    ...POD_NETWORK,
    'sys/fs/cgroup/cgroup.controllers': 'cpu io memory\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 999\n',
    'sys/fs/cgroup/system.slice/culvert.service/cgroup.events': 'populated 1\n',
    'sys/fs/cgroup/system.slice/culvert.service/cpu.stat': 'usage_usec 1\n',
    'sys/fs/cgroup/system.slice/culvert.service/memory.current': '5000\n',
    'sys/fs/cgroup/system.slice/culvert.service/memory.max': 'max\n',
    'sys/fs/cgroup/system.slice/culvert.service/io.stat': '',
  });

  const metrics = await meter.now();

  assert.equal(metrics?.memoryUsedBytes, 5_000);
  assert.equal(metrics.memoryTotalBytes, GIB);
});

test('in the topmost group the machine is the system', async (t) => {
  const meter = measure(t, 'group', {
    'proc/self/cgroup': '0::/\n',
    'proc/meminfo': MEMINFO,
    ...POD_NETWORK,
    'sys/fs/cgroup/cgroup.controllers': 'cpu io memory\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 1\n',
    'sys/fs/cgroup/io.stat': '',
  });

  const metrics = await meter.now();

  assert.deepEqual([metrics?.memoryUsedBytes, metrics?.memoryTotalBytes], [GIB / 4, GIB]);
});

test('S1-15 S1-16 S1-17 S1-18: a machine is measured by its mounted directories, hardware alone', async (t) => {
  const counters = (busy: number, received: number, sectors: number) => ({
    'proc/stat': `cpu  ${busy} 0 0 9000 100 0 0 0 0 0\ncpu0 1 0 0 1\ncpu1 1 0 0 1\n`,
    'proc/1/net/dev': networkDevices({
      lo: [1, 1],
      eth0: [received, 50],
      veth1: [received * 9, 9],
      cni0: [received * 9, 9],
    }),
    'proc/diskstats': `8 0 sda 1 0 ${sectors} 0 1 0 10 0 0 0 0\n8 1 sda1 1 0 ${sectors} 0 1 0 10 0 0 0 0\n253 0 dm-0 1 0 ${sectors} 0 1 0 10 0 0 0 0\n`,
  });
  const meter = measure(t, 'machine', {
    'proc/meminfo': MEMINFO,
    'sys/class/net/eth0': '->../../devices/pci0000:00/net/eth0',
    'sys/class/net/lo': '->../../devices/virtual/net/lo',
    'sys/class/net/veth1': '->../../devices/virtual/net/veth1',
    'sys/class/net/cni0': '->../../devices/virtual/net/cni0',
    'sys/devices/virtual/net/lo/ifindex': '1\n',
    'sys/devices/virtual/net/veth1/ifindex': '3\n',
    'sys/devices/virtual/net/cni0/ifindex': '4\n',
    'sys/block/sda': '->../devices/pci0000:00/block/sda',
    'sys/block/dm-0': '->../devices/virtual/block/dm-0',
    'sys/devices/virtual/block/dm-0/size': '1\n',
    ...counters(1_000, 100, 10),
  });

  await meter.now();
  const second = await meter.after(10_000, counters(1_500, 1_100, 30));

  // Five of twenty seconds.
  assert.equal(second?.cpuSystemPercent, 25);
  assert.deepEqual([second.memoryUsedBytes, second.memoryTotalBytes], [GIB / 4, GIB]);
  assert.deepEqual([second.networkRxBytesPerSecond, second.networkTxBytesPerSecond], [100, 0]);
  assert.deepEqual([second.diskReadBytesPerSecond, second.diskWriteBytesPerSecond], [1_024, 0]);
});

test('a machine without network hardware is measured where its default routes lead', async (t) => {
  const files = (received: number) => ({
    'proc/1/net/dev': networkDevices({ lo: [1, 1], eth0: [received, 0], cni0: [received * 2, 0] }),
  });
  const meter = measure(t, 'machine', {
    ...files(100),
    'proc/1/net/route': 'Iface\tDestination\neth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n',
    'sys/class/net/eth0': '->../../devices/virtual/net/eth0',
    'sys/devices/virtual/net/eth0/ifindex': '2\n',
  });

  await meter.now();
  const second = await meter.after(1_000, files(400));

  assert.equal(second?.networkRxBytesPerSecond, 300);
});

test('what can not be read is missing and told once, and the rest is measured', async (t) => {
  const lines: string[] = [];
  const log: FaultLog = { info: (_details, message) => lines.push(message) };
  const meter = measure(t, 'machine', { 'proc/meminfo': MEMINFO }, log);

  const first = await meter.now();
  const second = await meter.after(5_000, {});

  assert.equal(second?.cpuSystemPercent, undefined);
  assert.equal(second?.networkRxBytesPerSecond, undefined);
  assert.equal(first?.memoryTotalBytes, GIB);
  assert.ok((second?.cpuProcessPercent ?? -1) >= 0);
  assert.deepEqual(
    lines.map((line) => /proc\/\S+(?=;)/.exec(line)?.[0]),
    ['proc/stat', 'proc/diskstats', 'proc/1/net/dev'],
  );
});

test('within a second nothing is measured again', async (t) => {
  const meter = measure(t, 'group', { 'proc/meminfo': MEMINFO });
  await meter.now();

  assert.equal(await meter.after(999, {}), undefined);
  assert.notEqual(await meter.after(1, {}), undefined);
});

test('S1-15 S1-16 S1-17 S1-18: the machine that runs this test tells every value', async () => {
  assert.equal(process.platform, 'linux', 'only Linux has the /proc that this test reads');
  for (const scope of ['machine', 'group'] as const) {
    let now = 0;
    const meter = createMeter(
      { of: scope, procDirectory: '/proc', sysDirectory: '/sys', diskPath: '/' },
      () => now,
      silent,
    );
    await meter.measure();
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user - user < 50_000);
    now += 1_000;

    const metrics = await meter.measure();

    const { diskReadBytesPerSecond, diskWriteBytesPerSecond, ...always } = metrics ?? {};
    for (const [name, value] of Object.entries(always))
      assert.ok(value !== undefined && value >= 0, `${scope}: ${name} is ${value}`);
    assert.ok((always.cpuProcessPercent ?? 0) > 0 && (always.cpuSystemPercent ?? 0) > 0);
    assert.ok((always.memoryUsedBytes ?? 0) <= (always.memoryTotalBytes ?? 0));
    // Not every machine counts what groups read and write.
    if (scope === 'machine')
      assert.ok((diskReadBytesPerSecond ?? -1) >= 0 && (diskWriteBytesPerSecond ?? -1) >= 0);
  }
});
