import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInstallation, type Installation } from './installation.ts';
import type { Tool } from './tools.ts';

interface Played extends Tool {
  readonly asked: () => boolean;
  readonly end: (error?: Error) => void;
}

/** A tool whose installation takes until the test ends it. */
function tool(name: string, kind: Tool['kind'] = 'download'): Played {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let asked = false;
  return {
    name,
    startedBy: [`start-${name}.ts`],
    expectedSeconds: 60,
    kind,
    asked: () => asked,
    end: (error) => {
      if (error === undefined) resolve();
      else reject(error);
    },
    install: (_environment, say) => {
      asked = true;
      say(`installing ${name}`);
      return promise;
    },
  };
}

function start(tools: readonly Tool[], imports: Readonly<Record<string, readonly string[]>>) {
  const lines: string[] = [];
  const installation: Installation = startInstallation(Object.keys(imports), {
    tools,
    environment: {},
    imports: (file) => new Set([file, ...(imports[file] ?? [])]),
    say: (line) => lines.push(line),
  });
  return { installation, lines };
}

test('files that need nothing run while a tool is installed, the others when it is there', async () => {
  const api = tool('api');
  const { installation } = start([api], {
    'needs-it.test.ts': ['start-api.ts'],
    'needs-nothing.test.ts': [],
  });
  const waiting = ['needs-it.test.ts', 'needs-nothing.test.ts'];

  const first = await installation.take(waiting);
  const second = installation.take(waiting);
  api.end();

  assert.equal(first, 'needs-nothing.test.ts');
  assert.equal(await second, 'needs-it.test.ts');
  assert.equal(await installation.take(waiting), undefined);
});

test('a file waits for all its tools, and what is built does not wait for downloads', async () => {
  const [first, second, built] = [tool('first'), tool('second'), tool('built', 'build')];
  const needs = ['start-first.ts', 'start-second.ts', 'start-built.ts'];
  const { installation } = start([first, second, built], { 'x.test.ts': needs });

  const taken = installation.take(['x.test.ts']);
  await Promise.resolve();
  const asked = [first, second, built].map((each) => each.asked());
  for (const each of [built, first, second]) each.end();

  assert.deepEqual(asked, [true, false, true]);
  assert.equal(await taken, 'x.test.ts');
});

test('a tool that nobody needs is not installed', async () => {
  const unneeded = tool('unneeded');
  const { installation, lines } = start([unneeded], { 'x.test.ts': [] });

  assert.equal(await installation.take(['x.test.ts']), 'x.test.ts');
  assert.equal(unneeded.asked(), false);
  assert.deepEqual(lines, []);
});

test('a tool that cannot be installed is told for each file that needs it, and holds up no other', async () => {
  const [bad, good] = [tool('bad'), tool('good')];
  const { installation } = start([bad, good], {
    'a.test.ts': ['start-bad.ts'],
    'b.test.ts': ['start-good.ts'],
  });
  const waiting = ['a.test.ts', 'b.test.ts'];

  bad.end(new Error('there is no network'));
  const first = await installation.take(waiting);
  good.end();
  const second = await installation.take(waiting);

  assert.deepEqual([first, second], ['a.test.ts', 'b.test.ts']);
  assert.deepEqual(installation.faults('a.test.ts'), ['bad could not be installed: there is no network']);
  assert.deepEqual(installation.faults('b.test.ts'), []);
});

test('what is installed is told with the time that it takes', async () => {
  const api = tool('api');
  const { installation, lines } = start([api], { 'x.test.ts': ['start-api.ts'] });

  api.end();
  await installation.take(['x.test.ts']);

  assert.deepEqual(lines, ['installing api (about 60 s)', 'api is there after 0 s']);
});
