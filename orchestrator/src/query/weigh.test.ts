import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { weigh, type Weight } from './weigh.ts';

const schema = buildSchema(`
  type Query { pages(first: Int = 50, after: String): Page!  rows(limit: Int): [Row!]!  row: Row  plain: [Row!]! }
  type Mutation { change(limit: Int = 10): Changed! }
  type Subscription { updates: Update! }
  type Page { edges: [Edge!]!  nodes: [Row!]!  info: Info! }
  type Edge { node: Row! }
  type Info { more: Boolean! }
  type Row { id: ID!  other: Row  heavy: String }
  type Changed { failed: [Row!]! }
  type Gap { lost: Int! }
  union Update = Row | Gap
`);
const row = schema.getType('Row') as unknown as { getFields(): Record<string, { extensions: object }> };
Object.assign(row.getFields()['heavy'] ?? {}, { extensions: { cost: 10 } });

function weightOf(text: string, variables: Readonly<Record<string, unknown>> = {}): Weight {
  const { definitions } = parse(text);
  const operation = definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  ) as OperationDefinitionNode;
  const root = schema.getRootType(operation.operation);
  assert.ok(root);
  const fragments = new Map(
    definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  return weigh({ schema, fragments, variables }, operation.selectionSet, root);
}

test('an object costs one, a heavy field ten, and a list what its elements cost', () => {
  assert.deepEqual(weightOf('{ row { id } }'), { depth: 2, cost: 1, aliases: 0 });
  assert.equal(weightOf('{ row { id heavy } }').cost, 11);
  assert.equal(weightOf('{ row { other { other { heavy } } } }').cost, 13);
  assert.equal(weightOf('{ plain { id heavy } }').cost, 50 * 11);
});

test('first and limit multiply, as literals, by default and from variables, down to the lists of a connection', () => {
  const connection = (first: string): string =>
    `($n: Int) { pages${first} { edges { node { heavy } } info { more } } }`;
  // The page, its info, and for each element an edge, a row and what is heavy.
  const cost = (count: number): number => 1 + 1 + count * (1 + 1 + 10);

  assert.equal(weightOf(`query ${connection('(first: 3)')}`).cost, cost(3));
  assert.equal(weightOf(`query ${connection('')}`).cost, cost(50));
  assert.equal(weightOf(`query ${connection('(first: $n)')}`, { n: 7 }).cost, cost(7));
  assert.equal(weightOf(`query ${connection('(first: $n)')}`).cost, cost(50));
  assert.equal(weightOf('{ rows(limit: 4) { heavy } }').cost, 4 * 11);
  assert.equal(weightOf('mutation { change(limit: 20) { failed { id } } }').cost, 1 + 20);
  assert.equal(weightOf('{ pages(first: 5) { ...F } } fragment F on Page { nodes { id } }').cost, 1 + 5);
});

test('what nobody may ask for weighs as much as the most that one may: its argument is refused where it is read', () => {
  assert.equal(weightOf('{ rows(limit: 999999) { id } }').cost, 500);
  assert.equal(weightOf('{ rows(limit: -3) { id } }').cost, 0);
});

test('each type of a union is weighed as what it is', () => {
  const text =
    'subscription { updates { ... on Row { heavy other { heavy } } ... on Gap { lost } ...F } } fragment F on Row { heavy }';

  assert.deepEqual(weightOf(text), { depth: 3, cost: 1 + 10 + 11 + 10, aliases: 0 });
});

test('what is left out weighs nothing', () => {
  const text =
    'query ($all: Boolean!) { row { id heavy @include(if: $all) ... @skip(if: $all) { other { id } } } }';

  assert.equal(weightOf(text, { all: true }).cost, 11);
  assert.equal(weightOf(text, { all: false }).cost, 2);
});

test('aliases count wherever they stand, in introspection and in fragments too', () => {
  const text =
    '{ a: row { b: id ...F } __schema { c: types { d: name } } e: __typename } fragment F on Row { f: id }';

  assert.equal(weightOf(text).aliases, 6);
});

test('fragments that use one another many times are weighed in no time', () => {
  const doubled = Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
  );
  const text = `{ ...F0 } ${doubled.join(' ')} fragment F60 on Query { plain { id } }`;

  assert.equal(weightOf(text).cost, 50 * 2 ** 60);
});
