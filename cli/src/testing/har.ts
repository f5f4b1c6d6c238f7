import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { WholeExchange } from '../exchange/exchange.ts';
import type { HarEntry } from '../output/har/entry.ts';
import { createHarLog } from '../output/har/log.ts';

/** A HAR document that has been read. */
export interface Har {
  readonly log: { readonly entries: readonly HarEntry[] };
}

const require = createRequire(import.meta.url);
const validate = harValidator();

/** The document for some exchanges, read. */
export async function harOf(...exchanges: readonly WholeExchange[]): Promise<Har> {
  return JSON.parse(await harText(...exchanges)) as Har;
}

/** The document for some exchanges, as it is written. */
export async function harText(...exchanges: readonly WholeExchange[]): Promise<string> {
  let text = '';
  const log = createHarLog({
    write: (chunk) => {
      text += String(chunk);
      return Promise.resolve();
    },
  });
  for (const exchange of exchanges) await log.write(exchange);
  await log.end();
  return text;
}

/** What a document has that the published JSON schemas of HAR 1.2 don't allow. */
export function problemsOf(document: unknown): readonly string[] {
  if (validate === undefined) throw new Error('the schema of HAR is missing');
  void validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`);
}

function harValidator() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object);
  const schemas = require('har-schema') as Record<string, object>;
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  return ajv.getSchema('har.json#') ?? ajv.getSchema('har.json');
}
