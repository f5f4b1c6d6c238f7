import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { createTestGraphql } from '../testing/graphql.ts';

type Variables = Readonly<Record<string, unknown>>;

const graphql = createTestGraphql(new pg.Pool()).graphql;

/** The extensions of the first error of a request that must be refused. */
function refusal(
  query: string,
  variables: Variables = {},
): Readonly<Record<string, unknown>> & { message: string } {
  const prepared = graphql.prepare({ query, variables });
  assert.ok(prepared.kind === 'refused', 'it was not refused');
  const [error] = prepared.errors;
  assert.ok(error);
  return { ...error.extensions, message: error.message };
}

const STATES = 'CONNECTED, SILENT, GONE';
const INTEGER = 'a whole number from -2147483648 to 2147483647';

/** The same mistake as a literal and by a variable. */
const MISTAKES: readonly {
  readonly what: string;
  readonly literal: string;
  readonly byVariable: readonly [query: string, variables: Variables];
  readonly argument: string;
  readonly allowed: string;
}[] = [
  {
    what: 'an unknown value of an enum',
    literal: '{ agents(filter: { states: [LOST] }) { agentId } }',
    byVariable: ['query ($s: [AgentState!]) { agents(filter: { states: $s }) { agentId } }', { s: ['LOST'] }],
    argument: 'filter.states',
    allowed: STATES,
  },
  {
    what: 'an enum given as text',
    literal: '{ agents(filter: { states: ["GONE"] }) { agentId } }',
    byVariable: ['query ($f: AgentFilter) { agents(filter: $f) { agentId } }', { f: { states: ['gone'] } }],
    argument: 'filter.states',
    allowed: STATES,
  },
  {
    what: 'a wrong type',
    literal: '{ systemMetrics(limit: "many") { agentId } }',
    byVariable: ['query ($n: Int) { systemMetrics(limit: $n) { agentId } }', { n: 'many' }],
    argument: 'limit',
    allowed: '1 to 500',
  },
  {
    what: 'a number that is too large',
    literal: '{ transactions(filter: { status: { min: 3000000000 } }) { nodes { url } } }',
    byVariable: [
      'query ($n: Int) { transactions(filter: { status: { min: $n } }) { nodes { url } } }',
      { n: 3e9 },
    ],
    argument: 'filter.status.min',
    allowed: `${INTEGER} or null`,
  },
  {
    what: 'null where there must be a value',
    literal: '{ request(id: null) { url } }',
    byVariable: ['query ($id: String!) { request(id: $id) { url } }', { id: null }],
    argument: 'id',
    allowed: 'a text',
  },
  {
    what: 'nothing where there must be a value',
    literal: '{ request { url } }',
    byVariable: ['query ($id: String!) { request(id: $id) { url } }', {}],
    argument: 'id',
    allowed: 'a text',
  },
];

for (const { what, literal, byVariable, argument, allowed } of MISTAKES)
  test(`${what} is refused with its argument and what is allowed, as literal and as variable`, () => {
    const ofLiteral = refusal(literal);
    const ofVariable = refusal(...byVariable);

    for (const { message, ...extensions } of [ofLiteral, ofVariable]) {
      assert.equal(extensions['code'], 'BAD_USER_INPUT');
      assert.deepEqual([extensions['argument'], extensions['allowed']], [argument, allowed]);
      assert.ok(message.startsWith(`${argument}: `), message);
      assert.ok(message.endsWith(` Allowed: ${allowed}.`), message);
    }
    assert.equal(ofVariable['variable'], Object.keys(byVariable[1])[0] ?? 'id');
  });

test('an unknown field of a filter is refused with the fields that there are', () => {
  const literal = refusal('{ agents(filter: { state: GONE }) { agentId } }');
  const variable = refusal('query ($f: AgentFilter) { agents(filter: $f) { agentId } }', { f: { state: 1 } });

  for (const { code, allowed } of [literal, variable]) {
    assert.equal(code, 'BAD_USER_INPUT');
    assert.match(String(allowed), /^an object with states: \[AgentState!\], namespaces: \[String!\]/);
  }
  const within = refusal('query ($f: TransactionFilter) { transactions(filter: $f) { nodes { url } } }', {
    f: { status: { least: 400 } },
  });
  assert.deepEqual(
    [within['argument'], within['allowed']],
    ['filter.status.least', 'an object with min: Int, max: Int or null'],
  );
  assert.equal(literal['argument'], 'filter.state');
  assert.equal(variable['argument'], 'filter.state');
});

test('a count that no whole number of 32 bits holds is refused with the range of its argument', () => {
  const fields = {
    'transactions first': (n: string) => `transactions(first: ${n}) { nodes { url } }`,
    'deadLetters first': (n: string) => `deadLetters(first: ${n}) { nodes { id } }`,
    'systemMetrics limit': (n: string) => `systemMetrics(limit: ${n}) { agentId }`,
  };
  const counts = { '1.5': 'no whole number', '99999999999': 'out of range', '-3000000000': 'out of range' };

  for (const [name, field] of Object.entries(fields))
    for (const [count, wrong] of Object.entries(counts)) {
      const argument = name.replace(/.* /, '');
      const expected = {
        code: 'BAD_USER_INPUT',
        argument,
        allowed: '1 to 500',
        message: `${argument}: ${count} is ${wrong}. Allowed: 1 to 500.`,
      };

      const ofLiteral = refusal(`{ ${field(count)} }`);
      const ofVariable = refusal(`query ($n: Int) { ${field('$n')} }`, { n: Number(count) });

      assert.deepEqual(ofLiteral, expected);
      assert.deepEqual(ofVariable, { ...expected, variable: 'n' });
    }
  const missing = refusal('query ($n: Int!) { transactions(first: $n) { nodes { url } } }');
  assert.match(missing.message, /^first: Variable "\$n" of type "Int!" is missing\./);
  const larger = refusal('query ($n: Int) { transactions(first: $n) { nodes { url } } }', { n: 1e30 });
  assert.match(larger.message, /^first: 1e\+30 is out of range\./);
});

test('a count by a variable that is no number at all is refused in the same way, however deep', () => {
  const query = 'query ($n: Int) { transactions(first: $n) { nodes { url } } }';
  let deep: unknown = [];
  for (let level = 0; level < 20_000; level++) deep = [deep];

  assert.match(
    refusal(query, { n: deep }).message,
    /^first: a list is no whole number\. Allowed: 1 to 500\./,
  );
  assert.match(refusal(query, { n: { deep } }).message, /^first: an object is no whole number\./);
  assert.match(refusal(query, { n: Infinity }).message, /^first: Infinity is out of range\./);
});

test('a variable is told by its use in the operation that is asked for', () => {
  const query = `query A($n: Int) { systemMetrics(limit: $n) { agentId } }
    query B($n: Int) { ...Newest } fragment Newest on Query { transactions(first: $n) { nodes { url } } }`;

  const prepared = graphql.prepare({ query, operationName: 'B', variables: { n: 'many' } });

  assert.equal(prepared.kind === 'refused' && prepared.errors[0]?.extensions['argument'], 'first');
});

test('an unknown argument is refused with those that there are', () => {
  assert.partialDeepStrictEqual(refusal('{ systemMetrics(first: 3) { agentId } }'), {
    code: 'BAD_USER_INPUT',
    argument: 'first',
    allowed: 'agentId, limit',
  });
  assert.equal(refusal('{ requests(first: 3) { url } }')['allowed'], 'no arguments');
});

test('what else is wrong with a document has a code of its own', () => {
  assert.equal(refusal('{ requests {')['code'], 'GRAPHQL_PARSE_FAILED');
  assert.equal(refusal('')['code'], 'GRAPHQL_PARSE_FAILED');
  assert.equal(refusal('{ nothing }')['code'], 'GRAPHQL_VALIDATION_FAILED');
  assert.equal(refusal('{ requests { url } } { agents { agentId } }')['code'], 'GRAPHQL_VALIDATION_FAILED');
  assert.equal(refusal('{ ...A } fragment A on Query { ...A }')['code'], 'GRAPHQL_VALIDATION_FAILED');
  assert.equal(refusal('query A { __typename } query B { __typename }')['code'], 'OPERATION_NAME_REQUIRED');
  assert.equal(refusal('fragment A on Query { __typename }')['code'], 'GRAPHQL_VALIDATION_FAILED');
});

test('only so many mistakes of one request are told', () => {
  const unknown = Array.from({ length: 300 }, (_, n) => `nothing${n}`).join(' ');
  const variables = Array.from({ length: 200 }, (_, n) => `$v${n}: Int!`).join(' ');

  const ofFields = graphql.prepare({ query: `{ ${unknown} }` });
  const ofVariables = graphql.prepare({ query: `query (${variables}) { __typename }` });

  for (const prepared of [ofFields, ofVariables])
    assert.ok(prepared.kind === 'refused' && prepared.errors.length <= 21);
});

test('documents that clients repeat are refused and taken as before', () => {
  const query = 'query ($n: Int) { systemMetrics(limit: $n) { agentId } }';

  for (let n = 0; n < 300; n++) {
    assert.equal(graphql.prepare({ query, variables: { n } }).kind, 'ready');
    assert.equal(refusal(query, { n: 'many' })['argument'], 'limit');
    assert.equal(refusal(`{ nothing${n} }`)['code'], 'GRAPHQL_VALIDATION_FAILED');
  }
});

test('what is wrong and what is allowed are sentences of their own', () => {
  const byLiteral = refusal('{ systemMetrics(agentId: 3) { agentId } }');
  const byVariable = refusal('query ($a: String) { systemMetrics(agentId: $a) { agentId } }', { a: 3 });
  const suggested = refusal('{ agents(filter: { states: [CONECTED] }) { agentId } }');

  for (const { message } of [byLiteral, byVariable]) assert.match(message, /: 3\. Allowed: /);
  assert.match(suggested.message, /"CONNECTED"\? Allowed: /);
});
