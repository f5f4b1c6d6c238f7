import type { Tool } from './tools.ts';

/** Tools being installed, for the files that wait for them. */
export interface Installation {
  /** Takes the first file from a list for which no tool is awaited, as soon as there is one; undefined from an empty list. */
  take(waiting: string[]): Promise<string | undefined>;
  /** Why a file can't run: a sentence for each of its tools that could not be installed. */
  faults(file: string): readonly string[];
}

/** What {@link startInstallation} needs. */
export interface InstallationOptions {
  readonly tools: readonly Tool[];
  readonly environment: NodeJS.ProcessEnv;
  /** The names of all files that a file reaches by imports, itself among them. */
  readonly imports: (file: string) => ReadonlySet<string>;
  /** Takes lines for the user. */
  readonly say: (line: string) => void;
}

const REPORT_MS = 30_000;

/**
 * Installs the tools that files need, each before any clock of a test runs: what is downloaded one after the other, and
 * beside it what is built. Returns at once.
 *
 * @param files those that will run
 */
export function startInstallation(files: readonly string[], options: InstallationOptions): Installation {
  const { environment, imports, say } = options;
  const needs = new Map(
    files.map((file) => {
      const reached = imports(file);
      return [file, options.tools.filter(({ startedBy }) => startedBy.some((name) => reached.has(name)))];
    }),
  );
  const needed = options.tools.filter((tool) => [...needs.values()].some((tools) => tools.includes(tool)));
  const pending = new Set(needed);
  const faults = new Map<Tool, string>();

  async function install(tool: Tool): Promise<void> {
    const started = performance.now();
    const seconds = (): number => Math.round((performance.now() - started) / 1_000);
    const reports = setInterval(() => {
      say(`still installing ${tool.name}: ${seconds()} s of about ${tool.expectedSeconds}`);
    }, REPORT_MS);
    let told = false;
    try {
      await tool.install(environment, (line) => {
        say(told ? line : `${line} (about ${tool.expectedSeconds} s)`);
        told = true;
      });
      if (told) say(`${tool.name} is there after ${seconds()} s`);
    } catch (error) {
      faults.set(tool, `${tool.name} could not be installed: ${(error as Error).message}`);
    }
    clearInterval(reports);
    pending.delete(tool);
  }

  const installing = new Map<Tool, Promise<void>>();
  for (const kind of ['download', 'build'] as const) {
    let before: Promise<void> = Promise.resolve();
    for (const tool of needed.filter((each) => each.kind === kind)) {
      before = before.then(() => install(tool));
      installing.set(tool, before);
    }
  }

  return {
    async take(waiting) {
      while (waiting.length > 0) {
        const index = waiting.findIndex((file) => !needs.get(file)?.some((tool) => pending.has(tool)));
        if (index >= 0) return waiting.splice(index, 1)[0];
        await Promise.race([...pending].map((tool) => installing.get(tool) ?? Promise.resolve()));
      }
      return undefined;
    },
    faults: (file) => (needs.get(file) ?? []).flatMap((tool) => faults.get(tool) ?? []),
  };
}
