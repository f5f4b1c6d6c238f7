import type { UpkeepReport } from '../ingest/upkeep.ts';
import type { PolicyReport } from '../policies/policies.ts';
import type { RetentionReport } from '../store/retention/retention.ts';
import { reasonOf } from '../reason.ts';

/** What asking a dependency found. */
export interface Finding {
  /** A sentence that says what is wrong; undefined when it works. */
  readonly problem: string | undefined;
  readonly version?: string | undefined;
}

/** Something that the process needs, or a part of it. */
export interface Dependency {
  readonly name: string;
  readonly probe: () => Promise<Finding> | Finding;
}

/** What `/health/detailed` tells of a dependency. */
export interface DependencyReport {
  readonly status: 'ok' | 'unavailable';
  readonly message: string;
  readonly latencyMs: number;
  readonly version?: string;
}

/** What `/health/detailed` answers. */
export interface HealthReport {
  readonly status: 'ok' | 'unavailable';
  readonly roles: readonly string[];
  readonly uptimeSeconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, DependencyReport>>;
  /** Where CULVERT_CONFIG_DIR is set. Mistakes in it don't make the process unavailable. */
  readonly policies?: PolicyReport;
  /** With the role ingest. Being behind doesn't make the process unavailable: it would only serve nobody. */
  readonly retention?: RetentionReport;
  /** With the role ingest. */
  readonly upkeep?: UpkeepReport;
}

/** Longer than this no dependency is waited for. */
const PROBE_TIMEOUT_MS = 2_000;

/** Asks every dependency at once. */
export async function healthReport(
  dependencies: readonly Dependency[],
  process: { readonly version: string; readonly nodeVersion: string; readonly roles: readonly string[] },
  more: {
    readonly policies?: PolicyReport | undefined;
    readonly retention?: RetentionReport | undefined;
    readonly upkeep?: UpkeepReport | undefined;
  } = {},
): Promise<HealthReport> {
  const reports = await Promise.all(
    dependencies.map(async (dependency) => [dependency.name, await probe(dependency)] as const),
  );
  const versions = reports.flatMap(([name, report]) =>
    report.version === undefined ? [] : [[name, report.version] as const],
  );
  return {
    status: reports.every(([, report]) => report.status === 'ok') ? 'ok' : 'unavailable',
    roles: process.roles,
    uptimeSeconds: Math.round(performance.now() / 1_000),
    versions: { culvert: process.version, node: process.nodeVersion, ...Object.fromEntries(versions) },
    dependencies: Object.fromEntries(reports),
    ...(more.policies && { policies: more.policies }),
    ...(more.retention && { retention: more.retention }),
    ...(more.upkeep && { upkeep: more.upkeep }),
  };
}

/** Asks one dependency; one that throws or takes too long is unavailable. */
export async function probe(dependency: Dependency): Promise<DependencyReport> {
  const started = performance.now();
  const finding = await inTime(dependency).catch((error: unknown) => ({
    problem: reasonOf(error),
    version: undefined,
  }));
  return {
    status: finding.problem === undefined ? 'ok' : 'unavailable',
    message: finding.problem ?? 'works',
    latencyMs: Math.round((performance.now() - started) * 10) / 10,
    ...(finding.version !== undefined && { version: finding.version }),
  };
}

async function inTime(dependency: Dependency): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve({ problem: `gave no answer within ${PROBE_TIMEOUT_MS} ms` });
    }, PROBE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve(dependency.probe()), late]);
  } finally {
    clearTimeout(timer);
  }
}
