import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { excludedPorts } from './excluded-ports.ts';

const DECLARED = [
  { name: 'http', containerPort: 8080 },
  { name: 'http', containerPort: 8081 },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
];

function read(text: string): ReturnType<typeof excludedPorts> {
  return excludedPorts({ 'culvert.dev/exclude-ports': text }, DECLARED);
}

test('ports are left out by number or by name', () => {
  deepEqual(read('9090, http,'), { ports: [9090, 8080, 8081], warnings: [] });
});

test('what is no port warns and leaves the others', () => {
  const { ports, warnings } = read('0,web,70000,9090,dns');

  deepEqual(ports, [9090]);
  match(warnings.join('\n'), /"0" is neither[^]*"web" is neither[^]*"70000" is neither[^]*"dns" is neither/);
});

test('a long text is cut in its warning', () => {
  const { warnings } = read('x'.repeat(10_000));

  deepEqual(
    warnings.map(({ length }) => length < 300),
    [true],
  );
});

test('a pod without the annotation leaves nothing out', () => {
  deepEqual(excludedPorts({}, DECLARED), { ports: [], warnings: [] });
});
