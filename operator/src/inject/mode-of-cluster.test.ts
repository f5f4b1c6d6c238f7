import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { modeOnCluster } from './mode-of-cluster.ts';

for (const [major, minor, mode] of [
  ['1', '29', 'RedirectOnly'],
  ['1', '31+', 'RedirectOnly'],
  ['1', '32', 'auto'],
  ['1', '34+', 'auto'],
  ['2', '0', 'auto'],
  ['', '', 'RedirectOnly'],
] as const) {
  test(`A11: port names move to sidecars only where Services find them there: ${major}.${minor}`, () => {
    equal(modeOnCluster('auto', { major, minor }), mode);
  });
}

test('a mode that the installation names is taken as it is, whatever the cluster', () => {
  equal(modeOnCluster('NamedPorts', { major: '1', minor: '29' }), 'NamedPorts');
  equal(modeOnCluster('Redirect', undefined), 'Redirect');
});

test('on a cluster whose version is not known, port names stay where they are', () => {
  equal(modeOnCluster('auto', undefined), 'RedirectOnly');
});
