import type { PortRules } from '@culvert/traffic/select/rules';
import { field, FieldError } from './field.ts';
import { readRules } from './read-rules.ts';

/** The newest schema version that this release writes and reads. */
export const DOCUMENT_VERSION = 1;
/** The oldest that it reads: that of two releases before. */
const OLDEST_DOCUMENT_VERSION = Math.max(1, DOCUMENT_VERSION - 2);

/**
 * What a sidecar is told: the compiled policies of one workload, as JSON in the key-value bucket `culvert-config` and
 * in an annotation of the pod.
 */
export interface WorkloadDocument {
  readonly schemaVersion: number;
  readonly kind: 'Workload';
  /** 16 hex digits over everything else: equal content has an equal revision. */
  readonly revision: string;
  readonly namespace: string;
  /** `Kind/name` of the topmost controller. */
  readonly workload: string;
  /** The policies whose rules it contains, the deciding ones first. */
  readonly policies: readonly PolicyReference[];
  /** Rules by the application's port number, as text. */
  readonly ports: Readonly<Record<string, PortRules>>;
  /** Rules of captured ports that `ports` does not name. */
  readonly otherPorts: PortRules;
}

/** A policy at one generation. */
export interface PolicyReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
}

/** A document that can't be used; the message is a sentence that says why. */
export class DocumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DocumentError';
  }
}

/**
 * Reads a document from JSON. Light, because sidecars carry it: schemas and their validator stay with those who compile.
 *
 * @throws DocumentError when the text is no such document, or one of a version that this release does not read
 */
export function parseDocument(text: string): WorkloadDocument {
  const document = field(parseJson(text));
  try {
    document.at('kind').word('Workload');
    const schemaVersion = document.at('schemaVersion').whole(1);
    if (schemaVersion > DOCUMENT_VERSION || schemaVersion < OLDEST_DOCUMENT_VERSION)
      throw new DocumentError(
        `the document has schema version ${schemaVersion}, but this release reads ${readable()}: ${
          schemaVersion > DOCUMENT_VERSION ? 'upgrade the sidecar' : 'upgrade the operator'
        }`,
      );
    return {
      schemaVersion,
      kind: 'Workload',
      revision: revisionIn(document.at('revision').text()),
      namespace: document.at('namespace').text(),
      workload: document.at('workload').text(),
      policies: document.at('policies').list((policy) => ({
        namespace: policy.at('namespace').text(),
        name: policy.at('name').text(),
        uid: policy.at('uid').text(),
        generation: policy.at('generation').whole(0),
      })),
      ports: Object.fromEntries(
        document
          .at('ports')
          .entries()
          .map(([port, rules]) => [portNumber(port), readRules(rules)] as const),
      ),
      otherPorts: readRules(document.at('otherPorts')),
    };
  } catch (error) {
    if (error instanceof FieldError) throw new DocumentError(`the document can't be used: ${error.message}`);
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DocumentError(
      `the document is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** It becomes part of heartbeats and log lines, so it is held to what any release would write. */
function revisionIn(text: string): string {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(text))
    throw new DocumentError(
      `the document can't be used: revision should be 1 to 64 letters, digits, '-', '_' and '.'`,
    );
  return text;
}

function portNumber(text: string): string {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535)
    throw new DocumentError(`the document can't be used: ${JSON.stringify(text)} in ports is no port number`);
  return text;
}

function readable(): string {
  return OLDEST_DOCUMENT_VERSION === DOCUMENT_VERSION
    ? `${DOCUMENT_VERSION} only`
    : `${OLDEST_DOCUMENT_VERSION} to ${DOCUMENT_VERSION}`;
}
