import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';
import { limitRules, type QueryLimits } from './query-limits.ts';
import { buildSchema } from './schema.ts';

const schema = buildSchema();
const LIMITS: QueryLimits = { maxDepth: 12, maxCost: 10_000, maxAliases: 30, introspection: true };

/** The codes of the limits that a query is refused for. */
function refusals(query: string, limits: Partial<QueryLimits> = {}): unknown[] {
  const rules = limitRules({ ...LIMITS, ...limits });
  return validate(schema, parse(query), rules).map((error) => error.extensions['code'] ?? error.message);
}

const HEAVY = 'requestHeaders responseHeaders requestBody responseBody';

test('a list with everything in it is within the limits', () => {
  assert.deepEqual(
    refusals(`{ requests { requestId tls { version } ${HEAVY} } agents { books { captured } } }`),
    [],
  );
});

test('heavy fields of lists add up, through aliases and fragments', () => {
  // 50 × (1 + 40) for each list.
  const four = '{ a: requests { ...F } b: requests { ...F } c: requests { ...F } d: requests { ...F } }';
  const fifth = four.replace(/}$/, ' ... on Query { e: requests { ...F } } }');
  const fragment = ` fragment F on HttpTransaction { ${HEAVY} }`;

  assert.deepEqual(refusals(four + fragment), []);
  assert.deepEqual(refusals(fifth + fragment), ['QUERY_TOO_COSTLY']);
});

test('too many aliases are refused, cheap ones too', () => {
  const aliases = (count: number): string =>
    `{ request(id: "") { ${Array.from({ length: count }, (_, n) => `a${n}: url`).join(' ')} } }`;

  assert.deepEqual(refusals(aliases(30)), []);
  assert.deepEqual(refusals(aliases(31)), ['TOO_MANY_ALIASES']);
});

test('too deep a query is refused', () => {
  const query = '{ agents { books { lostInCrash { min } } } }';

  assert.deepEqual(refusals(query, { maxDepth: 4 }), []);
  assert.deepEqual(refusals(query, { maxDepth: 3 }), ['QUERY_TOO_DEEP']);
});

test('fragments that use one another many times, or themselves, are weighed in no time', () => {
  const doubled = Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
  );
  const query = `{ ...F0 } ${doubled.join(' ')} fragment F60 on Query { requests { url } }`;

  assert.deepEqual(refusals(query), ['QUERY_TOO_COSTLY']);
  assert.deepEqual(refusals('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'), []);
});

test('the schema may be asked for unless that is turned off', () => {
  const query = getIntrospectionQuery();

  assert.deepEqual(validate(schema, parse(query), [...specifiedRules, ...limitRules(LIMITS)]), []);
  assert.match(String(refusals(query, { introspection: false })[0]), /introspection/);
});
