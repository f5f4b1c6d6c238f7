import type { NatsConnection } from '@nats-io/transport-node';
import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { compileWorkload, type Compiled } from '@culvert/policy/compile';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../reason.ts';
import type { StandaloneAgent } from './agents.ts';
import { openBucket, type Bucket } from './bucket.ts';

/** Brings agents' documents into the bucket. */
export interface Publisher {
  /** Something has changed: agents, policies or what agents say that they run. Returns at once. */
  request(): void;
  /** Why documents can't be written; undefined when they can. */
  problem(): string | undefined;
  /** Ends after the write that is under way. */
  stop(): Promise<void>;
}

/** What {@link createPublisher} works with. */
export interface PublisherOptions {
  readonly connection: () => NatsConnection | undefined;
  readonly agents: () => readonly StandaloneAgent[];
  /** Undefined until the folder has been read: nothing is written before. */
  readonly policies: () => readonly CapturePolicy[] | undefined;
  readonly onWritten: () => void;
  readonly onFailure: () => void;
  readonly log: Logger;
}

const RETRY_MS = 1_000;
/** After so many failures in one run it is NATS that has a problem, and not a document. */
const MOST_FAILURES = 5;

/** One run at a time writes what differs; requests during a run are answered by one more run. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { log } = options;
  let bucket: { readonly of: NatsConnection; readonly bucket: Bucket } | undefined;
  const failed = new Set<string>();
  let wanted = false;
  let running: Promise<void> | undefined;
  let stopped = false;
  let problem: string | undefined;
  let retry: NodeJS.Timeout | undefined;

  const publish = async (): Promise<void> => {
    const policies = options.policies();
    const agents = options.agents();
    if (policies === undefined || agents.length === 0) return;
    const nats = options.connection();
    if (nats === undefined) throw new Error('NATS is away');
    if (bucket?.of !== nats) bucket = { of: nats, bucket: await openBucket(nats) };
    const keys = new Set(agents.map(({ key }) => key));
    for (const key of failed) if (!keys.has(key)) failed.delete(key);
    const failures: Error[] = [];
    for (const agent of inOrder(agents)) {
      try {
        await publishFor(agent, policies, bucket.bucket);
        failed.delete(agent.key);
      } catch (error) {
        failed.add(agent.key);
        failures.push(new Error(`${agent.key}: ${reasonOf(error)}`, { cause: error }));
        if (failures.length >= MOST_FAILURES || nats.isClosed()) break;
      }
    }
    if (failures[0] !== undefined) throw failures[0];
  };

  /** What failed comes last, so that it keeps nothing else back. */
  const inOrder = (agents: readonly StandaloneAgent[]): readonly StandaloneAgent[] => [
    ...agents.filter(({ key }) => !failed.has(key)),
    ...agents.filter(({ key }) => failed.has(key)),
  ];

  const publishFor = async (
    agent: StandaloneAgent,
    policies: readonly CapturePolicy[],
    documents: Bucket,
  ): Promise<void> => {
    const { document, problems } = compileFor(agent, policies);
    // An agent that runs this revision has read it from the bucket.
    if (agent.revision === document.revision || stopped) return;
    if ((await documents.revisionOf(agent.key)) === document.revision) return;
    await documents.write(agent.key, JSON.stringify(document));
    options.onWritten();
    const { key } = agent;
    log.info({ key, revision: document.revision, policies: document.policies.length }, 'wrote a document');
    for (const { policy, reason, message } of problems)
      log.warn({ key, policy, reason }, `${policy} for ${agent.workload}: ${message}`);
  };

  const run = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      try {
        await publish();
        problem = undefined;
      } catch (error) {
        bucket = undefined; // it may have been deleted
        options.onFailure();
        if (problem === undefined)
          log.warn({ err: error }, 'documents can not be written; it is tried again');
        problem = `documents can't be written: ${reasonOf(error)}`;
        retry = setTimeout(request, RETRY_MS);
        return;
      }
    }
  };
  const request = (): void => {
    clearTimeout(retry);
    wanted = true;
    running ??= run().finally(() => {
      running = undefined;
      if (wanted && problem === undefined && !stopped) request();
    });
  };
  return {
    request,
    problem: () => problem,
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await running;
    },
  };
}

/** Which ports its containers declare is not known outside a cluster: what a policy says of all ports is said of others. */
function compileFor(agent: StandaloneAgent, policies: readonly CapturePolicy[]): Compiled {
  return compileWorkload({ ...agent, containerPorts: [], policies });
}
