import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changelogProblem, unbuiltImages } from './checks.ts';

void test('a changelog tells of the version, or of what is unreleased', () => {
  assert.equal(changelogProblem('# Changelog\n\n## Unreleased\n', '1.0.0'), undefined);
  assert.equal(changelogProblem('# Changelog\n\n## 1.0.0 (2027-01-02)\n\n## 0.9.0\n', '1.0.0'), undefined);
  assert.equal(changelogProblem('# Changelog\n\n## [1.0.0]\n', '1.0.0'), undefined);
  assert.match(changelogProblem('# Changelog\n\n## 0.9.0\n', '1.0.0') ?? '', /no heading for 1\.0\.0/);
  assert.match(changelogProblem('# Changelog\n\n## 11.0.0\n', '1.0.0') ?? '', /no heading for 1\.0\.0/);
});

void test('an image that a chart names and nobody builds is told once', () => {
  const manifests = `
      - image: "docker.io/culvert/operator:1.0.0"
        image: docker.io/culvert/sidecar:1.0.0
          - name: CULVERT_SIDECAR_IMAGE
            value: docker.io/culvert/sidecar:1.0.1
        value: docker.io/culvert/sidecar:1.0.1
        value: "15900"
        value: /etc/culvert/token
        image: "docker.io/library/busybox:1"
`;
  const built = ['docker.io/culvert/operator:1.0.0', 'docker.io/culvert/sidecar:1.0.0'];
  assert.deepEqual(unbuiltImages(manifests, built), ['docker.io/culvert/sidecar:1.0.1']);
});
