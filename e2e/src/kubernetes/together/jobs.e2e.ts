import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { V1Job, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { booksWhen } from '../scene/books.ts';
import { captured } from '../scene/captured.ts';
import { hasSidecar, SIDECAR } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { container, job, pod, podSpec, webContainer, webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

/** Work that ends with its first request. */
function work(): V1PodSpec {
  const worker = container('job.ts', { ports: [{ name: 'http', containerPort: 8080 }] });
  return podSpec([worker], { restartPolicy: 'Never' });
}

describe('how pods end', { concurrency: true }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene('endings');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  /** Waits until the application of a pod runs, and asks it for a path. */
  async function ask(selector: string, path: string): Promise<V1Pod> {
    const running = await eventually(
      async () => (await scene.get<{ items: V1Pod[] }>(`pod --selector=${selector}`)).items[0],
      (one) =>
        one?.status?.containerStatuses?.[0]?.state?.running !== undefined && one.status.podIP !== undefined,
      `the application of the pod with ${selector} runs`,
    );
    const url = `http://${running?.status?.podIP}:8080${path}`;
    await eventually(
      () => scene.call('fetch', { url }),
      ({ status }) => status === 200,
      `${url} is answered`,
    );
    return running as V1Pod;
  }

  test('A3: a Job with the sidecar completes, and its last request is captured', async () => {
    await scene.apply(job('once', work()));

    const made = await ask('app=once', '/last-of-job');
    await scene.kubectl(['wait', '--for=condition=Complete', 'job/once', '--timeout=60s']);

    assert.ok(hasSidecar(made));
    const exchange = await captured(scene.namespace, '/last-of-job');
    assert.equal(exchange.workload, 'Job/once');
    assert.equal(exchange.status, 200);
  });

  test(
    'A3: a Job of a CronJob completes, and its traffic counts for the CronJob',
    { timeout: 180_000 },
    async () => {
      await scene.apply({
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'every-minute' },
        spec: {
          schedule: '* * * * *',
          concurrencyPolicy: 'Forbid',
          jobTemplate: { spec: job('every-minute', work()).spec },
        },
      });
      const first = await eventually(
        async () =>
          (await scene.get<{ items: V1Job[] }>('job')).items.find(({ metadata }) =>
            metadata?.name?.startsWith('every-minute-'),
          ),
        (one) => one !== undefined,
        'the CronJob makes a Job',
        90_000,
      );

      await ask('app=every-minute', '/last-of-cron-job');
      await scene.kubectl([
        'wait',
        '--for=condition=Complete',
        `job/${first?.metadata?.name}`,
        '--timeout=60s',
      ]);

      const exchange = await captured(scene.namespace, '/last-of-cron-job');
      assert.equal(exchange.workload, 'CronJob/every-minute');
    },
  );

  test('A3: a pod that is deleted before its sidecar is ready still ends', async () => {
    // Too little processor time to start within a minute.
    const slow = webPod('slow', { annotations: { 'culvert.dev/cpu-limit': '10m' } });
    await scene.apply(slow);
    const starting = await eventually(
      () => scene.get('pod/slow'),
      ({ status }) =>
        status?.initContainerStatuses?.some(
          ({ name, state }) => name === SIDECAR && state?.running !== undefined,
        ) === true,
      'the sidecar of pod slow is started',
    );
    assert.equal(
      starting.status?.initContainerStatuses?.find(({ name }) => name === SIDECAR)?.started,
      false,
    );

    await scene.kubectl(['delete', 'pod', 'slow', '--wait=true', '--timeout=60s']);

    await assert.rejects(scene.get('pod/slow'), /NotFound/);
  });

  test('A4: what an application answers after it was told to end is captured', async () => {
    const lingering = webContainer({ env: [{ name: 'LINGER', value: '1' }] });
    await scene.apply(pod('lingering', podSpec([lingering], { terminationGracePeriodSeconds: 60 })));
    await scene.ready('lingering');
    const address = await scene.address('lingering');
    await scene.kubectl(['delete', 'pod', 'lingering', '--wait=false']);
    await eventually(
      async () => (await scene.kubectl(['logs', 'lingering', '--container=app'])).stdout,
      (log) => log.includes('terminating'),
      'the application hears that it is to end',
    );

    const answer = await scene.call('fetch', { url: `http://${address}:8080/goodbye` });
    await scene.kubectl(['wait', '--for=delete', 'pod/lingering', '--timeout=60s']);

    assert.equal(answer.status, 200);
    const exchange = await captured(scene.namespace, '/goodbye');
    assert.equal(exchange.state, 'COMPLETE');
    await booksWhen(
      scene.namespace,
      'lingering',
      (books) =>
        books.balanced && books.open + books.spooled + books.dropped === 0 && books.lostInCrash.max === 0,
      'nothing of the pod that ended was lost',
    );
  });

  test('A4: what a SIGKILL of the sidecar loses is counted, and the pod goes on', async () => {
    const killer = container('idle.ts', {
      name: 'killer',
      securityContext: { runAsUser: 0, runAsNonRoot: false },
    });
    await scene.apply(pod('killed', podSpec([webContainer(), killer], { shareProcessNamespace: true })));
    await scene.ready('killed');
    const url = `http://${await scene.address('killed')}:8080`;
    await scene.call('fetch', { url: `${url}/before-the-kill`, times: 20 });
    await captured(scene.namespace, '/before-the-kill');
    // By its command line: other processes of the pod are seen as well.
    const kill = `for (const id of fs.readdirSync('/proc').filter(Number)) try {
      if (fs.readFileSync('/proc/' + id + '/cmdline', 'latin1').includes('--role\\0capture')) process.kill(id, 'SIGKILL');
    } catch {}`;

    await scene.kubectl([
      'exec',
      'killed',
      '--container=killer',
      '--',
      'node',
      '--eval',
      `const fs = require('fs'); ${kill}`,
    ]);
    await eventually(
      () => scene.get('pod/killed'),
      ({ status }) =>
        status?.initContainerStatuses?.some(
          ({ name, restartCount, ready }) => name === SIDECAR && restartCount === 1 && ready,
        ) === true,
      'the sidecar is started again',
    );
    await eventually(
      () => scene.call('fetch', { url: `${url}/after-the-kill` }),
      ({ status }) => status === 200,
      'the application is reached again',
    );

    await captured(scene.namespace, '/after-the-kill');
    const books = await booksWhen(
      scene.namespace,
      'killed',
      ({ stored, balanced, open, spooled }) => stored >= 21 && balanced && open + spooled === 0,
      'the books balance over both runs of the sidecar',
    );
    assert.ok(books.lostInCrash.max >= books.lostInCrash.min);
    assert.equal(
      (await scene.get('pod/killed')).status?.containerStatuses?.find(({ name }) => name === 'app')
        ?.restartCount,
      0,
    );
  });
});
