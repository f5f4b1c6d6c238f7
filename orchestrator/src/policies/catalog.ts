import type { CapturePolicy } from '@culvert/crds/capture-policy';
import type { FileProblem, FileReading } from './read-file.ts';

/** The policies of a folder's files: of each file what it said when it last was without mistakes. */
export interface Catalog {
  /** Takes in what a file says now. */
  set(file: string, reading: FileReading): void;
  /** A file is no longer there, so its policies don't hold any more. */
  remove(file: string): void;
  /** All policies that hold, in the order of their files. */
  policies(): readonly CapturePolicy[];
  /** What needs to be changed, in the order of the files. */
  problems(): readonly FileProblem[];
  warnings(): readonly FileProblem[];
  /** Policies that stand in another file already. */
  repeated(): readonly FileProblem[];
  /**
   * Files that had mistakes each time. What they should say is unknown here but may stand in documents that are written
   * already, so these must stay.
   */
  neverGood(): readonly string[];
  /** How many files there are, and how many of them still hold as they were before a mistake. */
  readonly files: number;
  readonly broken: number;
}

interface Entry {
  /** Undefined when it was never without mistakes. */
  readonly policies: readonly CapturePolicy[] | undefined;
  readonly problems: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
}

/** An empty catalog. */
export function createCatalog(): Catalog {
  const entries = new Map<string, Entry>();
  const sorted = (): readonly (readonly [string, Entry])[] =>
    [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    set(file, { policies, problems, warnings }) {
      const before = entries.get(file)?.policies;
      entries.set(file, { policies: problems.length === 0 ? policies : before, problems, warnings });
    },
    remove(file) {
      entries.delete(file);
    },
    policies: () => distinct(sorted()).policies,
    problems: () => sorted().flatMap(([, { problems }]) => problems),
    repeated: () => distinct(sorted()).repeated,
    warnings: () => sorted().flatMap(([, { warnings }]) => warnings),
    neverGood: () => sorted().flatMap(([file, { policies }]) => (policies === undefined ? [file] : [])),
    get files() {
      return entries.size;
    },
    get broken() {
      return [...entries.values()].filter(({ problems }) => problems.length > 0).length;
    },
  };
}

/** A policy that stands twice holds as in the first file by name. */
function distinct(entries: readonly (readonly [string, Entry])[]): {
  readonly policies: readonly CapturePolicy[];
  readonly repeated: readonly FileProblem[];
} {
  const policies = new Map<string, { readonly policy: CapturePolicy; readonly file: string }>();
  const repeated: FileProblem[] = [];
  for (const [file, entry] of entries)
    for (const policy of entry.policies ?? []) {
      const name = `${policy.metadata.namespace}/${policy.metadata.name}`;
      const first = policies.get(name);
      if (first === undefined) policies.set(name, { policy, file });
      else
        repeated.push({
          file,
          document: undefined,
          line: undefined,
          sentence: `CapturePolicy ${name} is in ${first.file} already, which holds: rename or remove one of them`,
        });
    }
  return { policies: [...policies.values()].map(({ policy }) => policy), repeated };
}
