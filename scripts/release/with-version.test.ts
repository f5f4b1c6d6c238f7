import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withVersion } from './with-version.ts';

void test('a manifest and its siblings in it get the version, other packages keep theirs', () => {
  const manifest = {
    name: '@culvert/cli',
    version: '1.0.0',
    dependencies: { '@culvert/runtime': '1.0.0', ajv: '8.0.0' },
  };
  const changed: unknown = JSON.parse(
    withVersion('cli/package.json', JSON.stringify(manifest), '1.1.0-rc.1'),
  );
  assert.deepEqual(changed, {
    name: '@culvert/cli',
    version: '1.1.0-rc.1',
    dependencies: { '@culvert/runtime': '1.1.0-rc.1', ajv: '8.0.0' },
  });
});

void test('a lock file gets it for workspaces, not for what was installed', () => {
  const lock = {
    version: '1.0.0',
    packages: {
      '': { version: '1.0.0' },
      cli: { version: '1.0.0', devDependencies: { '@culvert/demo': '1.0.0' } },
      'node_modules/@culvert/cli': { link: true },
      'node_modules/ajv': { version: '8.0.0' },
    },
  };
  const changed: unknown = JSON.parse(withVersion('package-lock.json', JSON.stringify(lock), '2.0.0'));
  assert.deepEqual(changed, {
    version: '2.0.0',
    packages: {
      '': { version: '2.0.0' },
      cli: { version: '2.0.0', devDependencies: { '@culvert/demo': '2.0.0' } },
      'node_modules/@culvert/cli': { link: true },
      'node_modules/ajv': { version: '8.0.0' },
    },
  });
});

void test('charts, Dockerfiles and the constant are told', () => {
  assert.equal(
    withVersion(
      'charts/culvert/Chart.yaml',
      "version: 1.0.0\nappVersion: 1.0.0\nkubeVersion: '>=1.29.0-0'\n",
      '2.0.0',
    ),
    "version: 2.0.0\nappVersion: 2.0.0\nkubeVersion: '>=1.29.0-0'\n",
  );
  assert.equal(
    withVersion('images/nats.Dockerfile', '#   docker build -t culvert/nats:1.0.0 .\n', '2.0.0'),
    '#   docker build -t culvert/nats:2.0.0 .\n',
  );
  assert.equal(
    withVersion('runtime/src/version.ts', "export const VERSION = '1.0.0';\n", '2.0.0'),
    "export const VERSION = '2.0.0';\n",
  );
});

void test('a file without a version is a mistake, and so is an unknown kind', () => {
  assert.throws(
    () => withVersion('images/x.Dockerfile', 'FROM scratch\n', '2.0.0'),
    /images\/x\.Dockerfile names no version/,
  );
  assert.throws(() => withVersion('README.md', 'version: 1.0.0', '2.0.0'), /names no version/);
});
