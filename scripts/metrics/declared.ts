import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../root.ts';

/** A metric as a process declares it. */
export interface DeclaredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** What the library makes of a declaration. */
interface LibraryMetric {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly type?: string;
  readonly constructor: { readonly name: string };
}

const FILES = 'src/**/*metrics.ts';
const DECLARES = /^(create|add)\w*Metrics$/;
const DECLARATION = /\bnew (Counter|Gauge|Histogram|Summary)\(/;
/** Other files in which the library's classes may be made: those that help with declaring. */
const HELPERS = /(\/register|\.test)\.ts$|metrics\.ts$|\/testing\//;

/**
 * The metrics of a process, by calling all that declares some. By convention that is done by functions named
 * `create…Metrics` or `add…Metrics` in files named `…metrics.ts`, which do no more than declare: what else they are given
 * is looked at when metrics are scraped.
 *
 * @param folder of the process, relative to the root
 */
export async function declaredMetrics(folder: string): Promise<readonly DeclaredMetric[]> {
  const metrics = new Map<string, DeclaredMetric>();
  for (const file of globSync(FILES, { cwd: join(root, folder) }).sort()) {
    const module = (await import(pathToFileURL(join(root, folder, file)).href)) as Record<string, unknown>;
    for (const [name, declare] of Object.entries(module))
      if (DECLARES.test(name) && typeof declare === 'function')
        for (const metric of called(declare as (...given: unknown[]) => unknown))
          metrics.set(metric.name, metric);
  }
  return [...metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files that declare metrics where {@link declaredMetrics} does not look. */
export function misplacedDeclarations(folder: string): readonly string[] {
  return globSync('src/**/*.ts', { cwd: join(root, folder) })
    .filter((file) => !HELPERS.test(file) && DECLARATION.test(readFileSync(join(root, folder, file), 'utf8')))
    .map((file) => `${folder}/${file} declares a metric; that belongs into a file named …metrics.ts`);
}

function called(declare: (...given: unknown[]) => unknown): readonly DeclaredMetric[] {
  const found: LibraryMetric[] = [];
  const result = declare(...Array.from({ length: declare.length }, () => standIn(found)));
  const own = registryOf(result);
  return [...found, ...(own?.getMetricsAsArray() ?? [])].map((metric) => ({
    name: metric.name,
    help: metric.help,
    type: (metric.type ?? metric.constructor.name).toLowerCase(),
    labels: metric.labelNames ?? [],
  }));
}

/** Stands for a registry, and for anything else that is asked nothing before a scrape. */
function standIn(found: LibraryMetric[]): unknown {
  const registerMetric = (metric: LibraryMetric): void => {
    found.push(metric);
  };
  return new Proxy(() => undefined, {
    get: (_target, name) => (name === 'registerMetric' ? registerMetric : standIn(found)),
    apply: () => standIn(found),
  });
}

function registryOf(result: unknown): { getMetricsAsArray(): readonly LibraryMetric[] } | undefined {
  for (const candidate of [result, (result as { registry?: unknown } | undefined)?.registry])
    if (typeof (candidate as { getMetricsAsArray?: unknown } | undefined)?.getMetricsAsArray === 'function')
      return candidate as { getMetricsAsArray(): readonly LibraryMetric[] };
  return undefined;
}
