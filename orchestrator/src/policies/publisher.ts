import type { NatsConnection } from '@nats-io/transport-node';
import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { compileWorkload, type Compiled } from '@culvert/policy/compile';
import { manifestKey } from '@culvert/policy/keys';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../reason.ts';
import type { StandaloneAgent } from './agents.ts';
import { openBucket, type Bucket } from './bucket.ts';
import { refuseOperated, type KeyRefusal } from './refused-keys.ts';

/** Brings agents' documents into the bucket. */
export interface Publisher {
  /** Something has changed: agents, policies or what agents say that they run. Returns at once. */
  request(): void;
  /** Why documents can't be written; undefined when they can. */
  problem(): string | undefined;
  /** What is not written because an operator writes it, a sentence each. */
  refused(): readonly string[];
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
  /** A document is not written, because an operator writes those of its namespace. */
  readonly onRefused: (refusal: KeyRefusal, isNew: boolean) => void;
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
  let operated: ReadonlyMap<string, KeyRefusal> = new Map();
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
    const refusals = new Map<string, KeyRefusal>();
    const documents = rememberOperated(bucket.bucket);
    for (const agent of inOrder(agents)) {
      try {
        const refusal = await publishFor(agent, policies, documents);
        if (refusal !== undefined) {
          options.onRefused(refusal, !operated.has(agent.namespace) && !refusals.has(agent.namespace));
          refusals.set(agent.namespace, refusal);
        }
        failed.delete(agent.key);
      } catch (error) {
        failed.add(agent.key);
        failures.push(new Error(`${agent.key}: ${reasonOf(error)}`, { cause: error }));
        if (failures.length >= MOST_FAILURES || nats.isClosed()) break;
      }
    }
    operated = refusals;
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
  ): Promise<KeyRefusal | undefined> => {
    const { document, problems } = compileFor(agent, policies);
    // An agent that runs this revision has read it from the bucket.
    if (agent.revision === document.revision || stopped) return undefined;
    if (await documents.isOperated(agent.namespace))
      return refuseOperated(agent, manifestKey(agent.namespace));
    const { key } = agent;
    const there = await documents.read(key);
    if (there.revision === document.revision) return undefined;
    if (!(await documents.write(key, JSON.stringify(document), there))) {
      // Somebody else writes there: what they wrote is looked at a moment later.
      clearTimeout(retry);
      retry = setTimeout(request, RETRY_MS);
      return undefined;
    }
    options.onWritten();
    log.info({ key, revision: document.revision, policies: document.policies.length }, 'wrote a document');
    for (const { policy, reason, message } of problems)
      log.warn({ key, policy, reason }, `${policy} for ${agent.workload}: ${message}`);
    return undefined;
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
    refused: () => [...operated.values()].map(({ sentence }) => sentence),
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await running;
    },
  };
}

/** Asks once for each namespace. */
function rememberOperated(bucket: Bucket): Bucket {
  const known = new Map<string, Promise<boolean>>();
  return {
    ...bucket,
    isOperated: (namespace) => {
      const answer = known.get(namespace) ?? bucket.isOperated(namespace);
      known.set(namespace, answer);
      return answer;
    },
  };
}

/** Which ports its containers declare is not known outside a cluster: what a policy says of all ports is said of others. */
function compileFor(agent: StandaloneAgent, policies: readonly CapturePolicy[]): Compiled {
  return compileWorkload({ ...agent, containerPorts: [], policies });
}
