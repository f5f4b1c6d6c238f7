import { parseDocument, type WorkloadDocument } from '@culvert/policy/document';
import { namespaceOfKey } from '@culvert/policy/keys';
import type { Logger } from '@culvert/runtime/log';
import type { PortTable } from '../select/port-table.ts';

/** What is said of the configuration while no document is in force. */
export const DEFAULT_REVISION = 'default';

/** The largest document that is looked at, in characters. */
const LARGEST_DOCUMENT = 1024 * 1024;

/** Whose documents an agent takes. What is empty is not known, and not looked at. */
export interface DocumentOwner {
  readonly namespace: string;
  /** `Kind/name` of the topmost controller. */
  readonly workload: string;
}

/**
 * Whose documents are for an agent: those of the namespace that its key belongs to, else of its own, and of its
 * workload if it knows that.
 */
export function ownerOf(settings: DocumentOwner & { readonly configKey: string }): DocumentOwner {
  const { configKey, namespace, workload } = settings;
  return { namespace: namespaceOfKey(configKey) ?? namespace, workload };
}

export interface ConfigurationOptions {
  /** Whoever it is, where it is left out. */
  readonly owner?: DocumentOwner;
  readonly ports: PortTable;
  readonly log: Logger;
  readonly now: () => number;
}

/** The document in force, and what became of those that were not taken. */
export class Configuration {
  readonly #options: ConfigurationOptions;
  /** Of the document in force. */
  revision = DEFAULT_REVISION;
  /** When it came into force, Unix milliseconds; before the first document, when the agent started. */
  since: number;
  /** How many documents were refused. */
  refused = 0;
  /** How many of those were made for somebody else. */
  foreign = 0;
  #isDocument = false;

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.since = options.now();
  }

  /**
   * Puts a document in force: for exchanges and connections that begin from now on. One that can't be read, or is
   * made for another namespace or workload, is refused, and what holds goes on to hold.
   *
   * @param text the document as JSON
   * @returns whether it is in force now
   */
  apply(text: string): boolean {
    const { ports, log, now, owner } = this.#options;
    try {
      const document = readBounded(text);
      if (owner !== undefined) expectOwn(document, owner);
      if (this.#isDocument && document.revision === this.revision) return true;
      ports.replace(document);
      this.#isDocument = true;
      this.revision = document.revision;
      this.since = now();
      log.info({ revision: document.revision, policies: names(document) }, 'a configuration is in force');
      return true;
    } catch (error) {
      this.refused++;
      const isForeign = error instanceof ForeignDocument;
      if (isForeign) this.foreign++;
      const code = isForeign ? 'foreign_document' : 'unreadable_document';
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(
        { code, reason, revision: this.revision },
        'refuses a configuration; the one before stays in force',
      );
      return false;
    }
  }
}

class ForeignDocument extends Error {}

/** Who writes another one's document under this agent's key would take its redaction away. */
function expectOwn(document: WorkloadDocument, owner: DocumentOwner): void {
  for (const part of ['namespace', 'workload'] as const)
    if (owner[part] !== '' && document[part] !== owner[part])
      throw new ForeignDocument(
        `it is made for ${part} ${quote(document[part])}, but this agent belongs to ${quote(owner[part])}: look for another agent or operator that writes under its key`,
      );
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function readBounded(text: string): WorkloadDocument {
  if (text.length > LARGEST_DOCUMENT) throw new Error(`it has more than ${LARGEST_DOCUMENT} characters`);
  return parseDocument(text);
}

function names({ policies }: WorkloadDocument): readonly string[] {
  return policies.map(({ namespace, name, generation }) => `${namespace}/${name}@${generation}`);
}
