import type { CapturePolicy } from '@culvert/crds/capture-policy';
import { CAPTURE_POLICY_SCHEMA } from '@culvert/crds/schemas';
import { withDefaults } from './validate/defaults.ts';
import { findDuplicates } from './validate/list-types.ts';
import { findMetadataProblems, readMetadata } from './validate/metadata.ts';
import { isObject, quote } from './validate/problem.ts';
import { findBrokenRules } from './validate/rules.ts';
import { createStructureCheck } from './validate/structure.ts';
import type { PodSelector } from './select-pods.ts';

/** A policy with its defaults, or every reason why it is none. */
export type Validation =
  | { readonly ok: true; readonly policy: CapturePolicy }
  | { readonly ok: false; readonly problems: readonly string[] };

const API_VERSION = 'culvert.dev/v1alpha1';
const KIND = 'CapturePolicy';
const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

const SPEC = CAPTURE_POLICY_SCHEMA.properties?.['spec'] ?? {};
const checkStructure = createStructureCheck(SPEC, 'spec');
const SELECTOR = SPEC.properties?.['selector'] ?? {};
const checkSelector = createStructureCheck(SELECTOR, 'spec.selector');

/**
 * Holds a resource against the CustomResourceDefinition of CapturePolicy, as the API server and a strict `kubectl`
 * would: structure, unknown fields, lists without repetition, then its rules. A status is passed over.
 */
export function validateResource(resource: unknown): Validation {
  if (!isObject(resource))
    return { ok: false, problems: [`a resource is an object, not ${quote(resource)}`] };
  const { apiVersion, kind, metadata, spec } = resource;
  const problems = [
    ...(kind === KIND ? [] : [`kind is ${quote(kind)}; write ${KIND}`]),
    ...(apiVersion === API_VERSION ? [] : [`apiVersion is ${quote(apiVersion)}; write ${API_VERSION}`]),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const unknown = Object.keys(resource)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => `${name} is unknown; known here are ${FIELDS.join(', ')}`);
  const filled = withDefaults(SPEC, spec ?? undefined);
  const found = [...unknown, ...findMetadataProblems(metadata), ...findSpecProblems(filled)];
  if (found.length > 0) return { ok: false, problems: found };
  return {
    ok: true,
    policy: {
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: readMetadata(metadata as Readonly<Record<string, unknown>>),
      spec: filled as CapturePolicy['spec'],
    },
  };
}

/**
 * Which pods a policy selects, though the rest of it may be invalid or unknown to this release.
 *
 * @returns undefined when that can't be read either
 */
export function readSelector(spec: unknown): PodSelector | undefined {
  if (!isObject(spec)) return undefined;
  const filled = withDefaults(SELECTOR, spec['selector'] ?? {});
  return checkSelector(filled).length > 0 || findBrokenRules(SELECTOR, filled, 'spec.selector').length > 0
    ? undefined
    : (filled as PodSelector);
}

function findSpecProblems(spec: unknown): readonly string[] {
  if (spec === undefined) return ['spec is required; write spec: {} to capture every pod with the defaults'];
  const problems = checkStructure(spec);
  // Rules may rely on the structure.
  return problems.length > 0
    ? problems
    : [...findDuplicates(SPEC, spec, 'spec'), ...findBrokenRules(SPEC, spec, 'spec')];
}
