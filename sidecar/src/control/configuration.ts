import { parseDocument, type WorkloadDocument } from '@culvert/policy/document';
import type { Logger } from '@culvert/runtime/log';
import type { PortTable } from '../select/port-table.ts';

/** What is said of the configuration while no document is in force. */
export const DEFAULT_REVISION = 'default';

/** The largest document that is looked at, in characters. */
const LARGEST_DOCUMENT = 1024 * 1024;

export interface ConfigurationOptions {
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
  #isDocument = false;

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.since = options.now();
  }

  /**
   * Puts a document in force: for exchanges and connections that begin from now on. One that can't be read is refused,
   * and what holds goes on to hold.
   *
   * @param text the document as JSON
   * @returns whether it is in force now
   */
  apply(text: string): boolean {
    const { ports, log, now } = this.#options;
    try {
      const document = readBounded(text);
      if (this.#isDocument && document.revision === this.revision) return true;
      ports.replace(document);
      this.#isDocument = true;
      this.revision = document.revision;
      this.since = now();
      log.info({ revision: document.revision, policies: names(document) }, 'a configuration is in force');
      return true;
    } catch (error) {
      this.refused++;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason, revision: this.revision }, 'refuses a configuration; the one before stays in force');
      return false;
    }
  }
}

function readBounded(text: string): WorkloadDocument {
  if (text.length > LARGEST_DOCUMENT) throw new Error(`it has more than ${LARGEST_DOCUMENT} characters`);
  return parseDocument(text);
}

function names({ policies }: WorkloadDocument): readonly string[] {
  return policies.map(({ namespace, name, generation }) => `${namespace}/${name}@${generation}`);
}
