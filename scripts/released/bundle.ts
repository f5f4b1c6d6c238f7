import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/** A process as one file. */
export interface Bundle {
  readonly file: string;
  readonly compressed: Buffer;
}

/** CommonJS dependencies call `require`, which ES modules don't have. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The page for people takes more than all the rest, and no test opens it. */
const withoutPage: Plugin = {
  name: 'without-page',
  setup(bundling) {
    bundling.onResolve({ filter: /^@graphql-yoga\/render-graphiql$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    bundling.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: "export const renderGraphiQL = () => '<title>left out</title>';",
    }));
  },
};

/** Bundles a process of a checked-out commit as `make build` does, and smaller. */
export async function bundle(directory: string, name: string): Promise<Bundle> {
  const file = join(directory, 'dist', name, 'main.mjs');
  await build({
    entryPoints: [join(directory, name, 'src/main.ts')],
    outfile: file,
    absWorkingDir: directory,
    bundle: true,
    minify: true,
    // So that what a crash shows can be read.
    lineLimit: 160,
    // Names are in logs and errors.
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: BANNER },
    external: ['pg-native'],
    plugins: [withoutPage],
    logLevel: 'warning',
  });
  const compressed = brotliCompressSync(readFileSync(file), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  return { file, compressed };
}
