import { startOrchestrator, type OrchestratorProcess } from '@culvert/demo/launcher/culvert';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { CheckReport } from '@culvert/runtime/admin';

/** A running orchestrator of a test. */
export interface TestOrchestrator extends OrchestratorProcess {
  /** Its log so far. */
  readonly lines: Record<string, unknown>[];
  /** What `/readyz` says; undefined when it doesn't answer. */
  ready(): Promise<CheckReport | undefined>;
  /** Waits until `/readyz` names exactly these parts as down. */
  untilDown(...names: string[]): Promise<void>;
  /** Sends a query and returns the body of the answer. */
  ask(query: string): Promise<unknown>;
}

/**
 * Starts the orchestrator as people do, and waits until it runs, ready or not.
 *
 * @param program a bundle instead of the sources
 */
export async function startTestOrchestrator(
  environment: Readonly<Record<string, string>>,
  program?: string,
): Promise<TestOrchestrator> {
  const lines: Record<string, unknown>[] = [];
  const orchestrator = await startOrchestrator({
    environment,
    ...(program !== undefined && { program }),
    untilReady: false,
    onLine: (line) => {
      if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  });
  const ready = async (): Promise<CheckReport | undefined> => {
    const response = await fetch(`${orchestrator.metricsUrl}/readyz`).catch(() => undefined);
    return response === undefined ? undefined : ((await response.json()) as CheckReport);
  };
  const more = {
    lines,
    ready,
    untilDown: async (...names: string[]) => {
      let report: CheckReport | undefined;
      const reached = await becomesTrue(
        async () => {
          report = await ready();
          const down = Object.entries(report?.checks ?? {}).filter(([, check]) => check.status !== 'ok');
          return report !== undefined && down.map(([name]) => name).join() === names.join();
        },
        { timeoutMs: 30_000 },
      );
      if (!reached) throw new Error(`expected ${names.join()} to be down, but: ${JSON.stringify(report)}`);
    },
    ask: async (query: string) => {
      const response = await fetch(`${orchestrator.apiUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as unknown;
    },
  };
  return Object.assign(Object.create(orchestrator) as OrchestratorProcess, more);
}
