import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SchemaNode } from '@culvert/crds/schema-node';
import { root } from '../root.ts';

/** A CustomResourceDefinition, as far as types and pages are made of it. */
export interface Definition {
  readonly file: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly schema: SchemaNode;
  readonly columns: readonly { readonly name: string; readonly description?: string }[];
}

interface Manifest {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly shortNames?: readonly string[] };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: SchemaNode };
      readonly additionalPrinterColumns?: Definition['columns'];
    }[];
  };
}

/** Reads a definition of one version from its YAML. @param file relative to the root */
export function readDefinition(file: string): Definition {
  const { spec } = parse(readFileSync(join(root, file), 'utf8')) as Manifest;
  const [version, ...others] = spec.versions;
  if (version === undefined || others.length > 0) throw new Error(`${file} should have one version`);
  return {
    file,
    group: spec.group,
    version: version.name,
    kind: spec.names.kind,
    shortNames: spec.names.shortNames ?? [],
    schema: version.schema.openAPIV3Schema,
    columns: version.additionalPrinterColumns ?? [],
  };
}
