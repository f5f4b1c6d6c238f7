/** What the operator remembers of a key in the bucket: not its content, only what that says about itself. */
export interface BucketEntry {
  /** The stream's sequence number, which the next write has to name. */
  readonly sequence: number;
  /** The document's revision; undefined for a manifest, for what is no document, and where the key was deleted. */
  readonly revision: string | undefined;
  /** Revisions by key, of a manifest. */
  readonly documents: Readonly<Record<string, string>> | undefined;
}

/** Reads what a value says about itself; what can't be read says nothing and is written anew. */
export function readEntry(sequence: number, text: string | undefined): BucketEntry {
  const nothing = { sequence, revision: undefined, documents: undefined };
  if (text === undefined) return nothing;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return nothing;
  }
  if (typeof value !== 'object' || value === null) return nothing;
  const { revision, documents } = value as Record<string, unknown>;
  return {
    sequence,
    revision: typeof revision === 'string' ? revision : undefined,
    documents: typeof documents === 'object' && documents !== null ? textsIn(documents) : undefined,
  };
}

function textsIn(record: object): Record<string, string> {
  const entries = Object.entries(record).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(entries);
}
