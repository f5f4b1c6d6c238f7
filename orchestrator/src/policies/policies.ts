import type { Registry } from 'prom-client';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import type { NatsLink } from '../nats-link.ts';
import { hearStandaloneAgents, type StandaloneAgents } from './agents.ts';
import { createCatalog } from './catalog.ts';
import { followFolder } from './folder.ts';
import { createPolicyMetrics } from './metrics.ts';
import { createPublisher } from './publisher.ts';
import type { KeyRefusal } from './refused-keys.ts';
import { describeProblem, readPolicyFile, type FileProblem } from './read-file.ts';

/** What `/health/detailed` tells of the policies. */
export interface PolicyReport {
  readonly directory: string;
  readonly policies: number;
  readonly files: number;
  /** Files that hold as they were before a mistake. */
  readonly brokenFiles: number;
  readonly agents: number;
  /** What needs to be changed, one sentence each, with file and document. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Policies from a folder, for agents outside a cluster. */
export interface Policies {
  report(): PolicyReport;
  stop(): Promise<void>;
}

/** What {@link startPolicies} works with. */
export interface PoliciesOptions {
  readonly directory: string;
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

/** More would drown the answer; the log has them all. */
const MOST_REPORTED = 50;
/** A file counts in the second scan that finds it. */
const FIRST_COMPLETE_SCAN = 2;
/** About ten seconds: a document that was lost before its agent read it is written again. */
const SCANS_BETWEEN_CHECKS = 32;

/**
 * Follows the folder, compiles its policies for each agent that announces a key, and writes the documents into the
 * bucket. A file with a mistake holds as it was before; nothing that goes wrong here disturbs anything else.
 */
export function startPolicies(options: PoliciesOptions): Policies {
  const { directory, link, clock, log, registry } = options;
  const catalog = createCatalog();
  let heard: StandaloneAgents | undefined;
  let folderProblem: string | undefined = 'the folder has not been read yet';
  let scans = 0;
  let stopped = false;

  const metrics = createPolicyMetrics(registry, catalog);
  const agents = (): ReturnType<StandaloneAgents['list']> => heard?.list() ?? [];
  const onRefused = ({ code, owner, sentence }: KeyRefusal, isNew: boolean): void => {
    metrics.refused.inc({ code });
    if (isNew) log.warn({ code, ...owner }, sentence);
  };
  const publisher = createPublisher({
    connection: () => link.current(),
    agents,
    policies: () =>
      scans >= FIRST_COMPLETE_SCAN && catalog.neverGood().length === 0 ? catalog.policies() : undefined,
    onWritten: () => {
      metrics.written.inc();
    },
    onFailure: () => {
      metrics.failures.inc();
    },
    onRefused,
    log,
  });
  link.connected.then(
    (nats) => {
      if (!stopped)
        heard = hearStandaloneAgents(nats, clock, {
          onChange: () => {
            publisher.request();
          },
          onRefused,
        });
    },
    () => undefined, // the link has said so
  );
  const whole = (file: string, sentence: string): FileProblem => ({
    file,
    document: undefined,
    line: undefined,
    sentence,
  });
  const stopFolder = followFolder(directory, {
    onFile: (name, content) => {
      const reading =
        'text' in content
          ? readPolicyFile(name, content.text)
          : { policies: [], warnings: [], problems: [whole(name, content.problem)] };
      catalog.set(name, reading);
      for (const problem of reading.problems) log.error(problem, describeProblem(problem));
      for (const warning of reading.warnings) log.warn(warning, describeProblem(warning));
      if (reading.problems.length === 0)
        log.info({ file: name, policies: reading.policies.length }, 'read policies');
      else log.error({ file: name }, 'the file has mistakes and holds as it was before');
    },
    onRemoved: (name) => {
      catalog.remove(name);
      log.info({ file: name }, 'the file is gone, and its policies with it');
    },
    onScanned: (changed) => {
      scans++;
      if (changed) for (const problem of catalog.repeated()) log.error(problem, describeProblem(problem));
      if (changed || scans === FIRST_COMPLETE_SCAN || scans % SCANS_BETWEEN_CHECKS === 0) publisher.request();
    },
    onFolder: (problem) => {
      if (problem !== folderProblem && problem !== undefined)
        log.error({ directory }, `CULVERT_CONFIG_DIR can't be read: ${problem}`);
      folderProblem = problem;
    },
  });
  return {
    report: () => ({
      directory,
      policies: catalog.policies().length,
      files: catalog.files,
      brokenFiles: catalog.broken,
      agents: agents().length,
      problems: [
        ...(folderProblem === undefined ? [] : [folderProblem]),
        ...[publisher.problem()].filter((problem) => problem !== undefined),
        ...catalog
          .neverGood()
          .map(
            (file) =>
              `${file} has had mistakes since this process began: no document is written until it has none`,
          ),
        ...[...catalog.problems(), ...catalog.repeated()].map(describeProblem),
        ...publisher.refused(),
        ...(heard?.refused() ?? []),
      ].slice(0, MOST_REPORTED),
      warnings: catalog.warnings().map(describeProblem).slice(0, MOST_REPORTED),
    }),
    stop: async () => {
      stopped = true;
      stopFolder();
      heard?.stop();
      await publisher.stop();
    },
  };
}
