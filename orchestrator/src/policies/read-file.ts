import { LineCounter, parseAllDocuments, type Document, type ParsedNode, type Tags } from 'yaml';
import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { validateResource } from '@culvert/policy/validate';
import { findRepeatedKeys } from './repeated-keys.ts';

/** Something in a file that needs to be changed. */
export interface FileProblem {
  readonly file: string;
  /** Counted from 1; undefined when it is about the whole file. */
  readonly document: number | undefined;
  readonly line: number | undefined;
  readonly sentence: string;
}

/** What a file says. */
export interface FileReading {
  readonly policies: readonly CapturePolicy[];
  /** Any of these makes the file unusable as a whole. */
  readonly problems: readonly FileProblem[];
  /** What is passed over. */
  readonly warnings: readonly FileProblem[];
}

const KIND = 'CapturePolicy';
/** So many problems of one document are told of; who mends these sees the rest. */
const MOST_PROBLEMS = 20;
/** Plain scalars that Kubernetes' own readers take for text. */
const TEXT_TO_KUBERNETES = new Set(['tag:yaml.org,2002:timestamp']);

/** Reads a file of YAML documents, each a resource as `kubectl apply` would take it. */
export function readPolicyFile(file: string, text: string): FileReading {
  const policies: CapturePolicy[] = [];
  const problems: FileProblem[] = [];
  const warnings: FileProblem[] = [];
  const lines = new LineCounter();
  // kubectl reads YAML 1.1: there, `on` is a truth value, and must be quoted to be text.
  const options = { version: '1.1', customTags, lineCounter: lines, uniqueKeys: false } as const;
  const documents = parseAllDocuments(text, options);
  for (const [index, document] of (Array.isArray(documents) ? documents : []).entries()) {
    const place = { file, document: index + 1, line: lineOf(document, lines) };
    const report = (sentences: readonly string[]): void => {
      problems.push(...bounded(sentences).map((sentence) => ({ ...place, sentence })));
    };
    const syntax = syntaxProblems(document, lines);
    report(syntax);
    if (syntax.length > 0) continue;
    const { resource, tooLarge } = plain(document);
    if (tooLarge !== undefined) report([tooLarge]);
    if (resource === null || tooLarge !== undefined) continue;
    const kind = (resource as { readonly kind?: unknown }).kind;
    if (typeof kind === 'string' && kind !== KIND) {
      warnings.push({ ...place, sentence: `${kind} is passed over: only ${KIND} counts outside a cluster` });
      continue;
    }
    const validation = validateResource(resource);
    if (validation.ok) policies.push(validation.policy);
    else report(validation.problems);
  }
  return { policies, problems, warnings };
}

/** A problem in one line: file, line, document and sentence. */
export function describeProblem({ file, document, line, sentence }: FileProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return document === undefined ? `${place}: ${sentence}` : `${place}: document ${document}: ${sentence}`;
}

function customTags(tags: Tags): Tags {
  return tags.filter(
    (tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !TEXT_TO_KUBERNETES.has(tag.tag)),
  );
}

function syntaxProblems(document: Document.Parsed<ParsedNode>, lines: LineCounter): readonly string[] {
  if (document.errors.length > 0)
    return document.errors.map(
      ({ message }) => `no valid YAML: ${message.split('\n')[0]?.replace(/:$/, '')}`,
    );
  return findRepeatedKeys(document.contents).map(({ key, offset }) => {
    const place = offset === undefined ? '' : ` at line ${lines.linePos(offset).line}`;
    return `the key ${JSON.stringify(key)} stands twice in one mapping${place}: remove one of them`;
  });
}

function bounded(sentences: readonly string[]): readonly string[] {
  const rest = sentences.length - MOST_PROBLEMS;
  return rest > 0 ? [...sentences.slice(0, MOST_PROBLEMS), `and ${rest} more`] : sentences;
}

/** The document as JSON would have it. Anchors that multiply are refused by the parser. */
function plain(document: Document.Parsed<ParsedNode>): { resource: unknown; tooLarge?: string } {
  try {
    return { resource: document.toJS() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { resource: null, tooLarge: `can't be read as JSON: ${reason}` };
  }
}

function lineOf(document: Document.Parsed<ParsedNode>, lines: LineCounter): number | undefined {
  const start = document.contents?.range[0];
  return start === undefined ? undefined : lines.linePos(start).line;
}
