import { basename } from 'node:path';

interface LockedPackage {
  readonly name?: string;
  version?: string;
  readonly link?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** How other texts than JSON name the version. */
const PATTERNS: readonly (readonly [file: RegExp, pattern: RegExp])[] = [
  [/^Chart\.yaml$/, /(?<=^(?:version|appVersion): ).*$/gm],
  [/\.Dockerfile$/, /(?<=-t culvert\/[a-z]+:)\S+/g],
  [/^version\.ts$/, /(?<=VERSION = ')[^']*/g],
];

/**
 * A file's text with the version of a release in every place where it is named.
 *
 * @param path tells what kind of file it is: a manifest or lock file of npm, a Chart.yaml, a Dockerfile, a version.ts
 * @throws Error when the file has no such place
 */
export function withVersion(path: string, text: string, version: string): string {
  if (path.endsWith('.json')) return withVersionJson(JSON.parse(text) as LockedPackage, version);
  const [, pattern] = PATTERNS.find(([file]) => file.test(basename(path))) ?? [];
  if (pattern === undefined || text.search(pattern) === -1)
    throw new Error(`${path} names no version: is it still the right file?`);
  return text.replace(pattern, version);
}

function withVersionJson(
  manifest: LockedPackage & { packages?: Readonly<Record<string, LockedPackage>> },
  version: string,
): string {
  setVersion(manifest, version);
  for (const [path, locked] of Object.entries(manifest.packages ?? {}))
    if (locked.link !== true && !path.includes('node_modules')) setVersion(locked, version);
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** A workspace has the project's version, and asks for the others at just that. */
function setVersion(manifest: LockedPackage, version: string): void {
  manifest.version = version;
  for (const wanted of [manifest.dependencies, manifest.devDependencies])
    for (const name of Object.keys(wanted ?? {})) if (name.startsWith('@culvert/')) wanted![name] = version;
}
