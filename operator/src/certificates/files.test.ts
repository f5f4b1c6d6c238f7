import { becomesTrue } from '@culvert/demo/launcher/wait';
import { systemClock } from '@culvert/runtime/clock';
import { createLogger } from '@culvert/runtime/log';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createFileCertificates } from './files.ts';
import { issueAuthority, issueServing } from './issue.ts';
import { keepCertificates } from './keeper.ts';
import type { CertificateSource, KeyAndCertificate } from './source.ts';
import { memoryStore, type MemoryStore } from './testing/memory-store.ts';

const log = createLogger('test', 'fatal');

interface Mounted {
  readonly directory: string;
  readonly source: CertificateSource;
  readonly served: KeyAndCertificate[];
  readonly store: MemoryStore;
}

async function mounted(
  context: TestContext,
  options: { readonly patchBundle?: boolean } = {},
): Promise<Mounted> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-certificates-'));
  context.after(() => rm(directory, { recursive: true }));
  const served: KeyAndCertificate[] = [];
  const store = memoryStore();
  const source = createFileCertificates({
    directory,
    store,
    patchBundle: options.patchBundle ?? true,
    clock: systemClock,
    log,
    leads: () => true,
    serve: (certificate) => served.push(certificate),
  });
  return { directory, source, served, store };
}

async function newFiles(): Promise<Record<'tls.crt' | 'tls.key' | 'ca.crt', string>> {
  const authority = await issueAuthority(Date.now(), 3_600_000);
  const { certificate, key } = await issueServing(authority, ['webhook.svc'], Date.now(), 3_600_000);
  return { 'tls.crt': certificate, 'tls.key': key, 'ca.crt': authority.certificate };
}

/** As the kubelet puts a new version of a Secret in place of the old. */
async function project(
  directory: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(join(directory, version));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, version, name), text);
  await symlink(version, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  for (const name of Object.keys(files))
    await symlink(join('..data', name), join(directory, name)).catch(() => undefined);
}

test('A15: a mounted Secret that changes is served without a restart', async (context) => {
  const { directory, source, served } = await mounted(context);
  const [first, second] = await Promise.all([newFiles(), newFiles()]);
  await project(directory, '..first', first);
  const keeper = keepCertificates(source, log, directory);
  context.after(() => keeper.close());
  ok(await becomesTrue(() => served.length === 1, { timeoutMs: 20_000 }));

  await project(directory, '..second', second);

  ok(await becomesTrue(() => served.length === 2, { timeoutMs: 20_000 }));
  deepEqual(
    served.map(({ certificate }) => certificate),
    [first['tls.crt'], second['tls.crt']],
  );
});

test('a certificate with the key of another is passed over, and the one before stays', async (context) => {
  const { directory, source, served } = await mounted(context);
  const [first, second] = await Promise.all([newFiles(), newFiles()]);
  await project(directory, '..first', first);
  await source.step();

  await project(directory, '..second', { ...second, 'tls.key': first['tls.key'] });
  await source.step();

  deepEqual(
    served.map(({ certificate }) => certificate),
    [first['tls.crt']],
  );
  equal(source.problem(), undefined);
});

test('without files there is a problem that names the directory', async (context) => {
  const { directory, source } = await mounted(context);

  await source.step();

  match(source.problem() ?? '', /tls\.crt and tls\.key in .* are missing/);
  ok(source.problem()?.includes(directory));
});

test('the authority of the directory is written into the configuration, unless that is left to others', async (context) => {
  const files = await newFiles();
  const [writing, leaving] = await Promise.all([mounted(context), mounted(context, { patchBundle: false })]);
  for (const { directory, source } of [writing, leaving]) {
    await project(directory, '..first', files);
    await source.step();
  }

  const bundles = [writing, leaving].map(({ store }) => store.entries?.map(({ caBundle }) => caBundle));

  deepEqual(bundles, [
    [files['ca.crt'], files['ca.crt']],
    ['', ''],
  ]);
});
