import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute, parse, validate, type ExecutionResult } from 'graphql';
import { makeSchema } from './testing/schema.ts';
import { createExecutor } from './executor.ts';

/** Answers, as they are sent, of graphql-js and of the executor, to the first and to the second request. */
async function answers(
  query: string,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly expected: string;
  readonly first: string;
  readonly again: string;
  /** How often resolvers at the root ran for the first and the second request. */
  readonly runs: readonly [number, number];
  /** Whether fields were resolved without being told where they are. */
  readonly quick: boolean;
}> {
  const { schema, seen } = makeSchema();
  const document = parse(query);
  assert.deepEqual(validate(schema, document), []);
  const args = { schema, document, variableValues, contextValue: { suffix: '!' } };
  const run = async (how: () => ExecutionResult | Promise<ExecutionResult>) => {
    seen.roots = 0;
    seen.placed = 0;
    const text = JSON.stringify(await how());
    return { text, roots: seen.roots, placed: seen.placed };
  };
  const executor = createExecutor(schema);
  const expected = await run(() => execute(args));
  const first = await run(() => executor(args));
  const again = await run(() => executor(args));
  return {
    expected: expected.text,
    first: first.text,
    again: again.text,
    runs: [first.roots, again.roots],
    quick: first.placed === 0,
  };
}

const QUICK: readonly (readonly [string, string])[] = [
  ['scalars of every kind', '{ shop { name open rating items { id price size } } }'],
  ['aliases', '{ a: shop { n: name m: name } b: shop { name __proto__: name } }'],
  ['fields that stand twice', '{ shop { items { id } items { id price } name name } shop { open } }'],
  [
    'fragments',
    '{ shop { ...F ... on Shop { open } ... { rating } ...F } } fragment F on Shop { name items { id } }',
  ],
  ['names of types', '{ __typename shop { __typename items { __typename } } }'],
  ['nulls where they may be', '{ none { name } shop { nothing nobody { name } holes { id } } }'],
  ['lists of lists', '{ shop { grid } }'],
  ['values without resolvers', '{ shop { plain { width } } }'],
  ['lists and scalars at the root', '{ items { id } count }'],
  ['errors and nulls at the root', '{ broken { name } failing { name } shop { name } }'],
  ['a missing value at the root that must be there', '{ required { name } }'],
];
for (const [what, query] of QUICK)
  test(`the same answer without graphql-js below the root: ${what}`, async () => {
    const { expected, first, again, runs, quick } = await answers(query);

    assert.equal(first, expected);
    assert.equal(again, expected);
    assert.equal(runs[0], runs[1]);
    assert.ok(quick);
  });

const LEFT: readonly (readonly [string, string])[] = [
  ['a resolver that throws', '{ shop { name items { id } throwing } }'],
  ['a resolver that throws within a list', '{ shop { name fragile { id sometimes } } }'],
  ['an error as value', '{ shop { erring nobody { name } } }'],
  ['an error as value of an object', '{ shop { erringShop { name } } }'],
  ['a null where none may be', '{ shop { name child { never } } }'],
  ['a null in a list where none may be', '{ shop { full { id } } }'],
  ['a value that does not fit its type', '{ shop { misfit } }'],
  ['a value that becomes null', '{ shop { lost } }'],
  ['a list that is none', '{ shop { noList } }'],
  ['a list that is no array', '{ shop { set } }'],
  ['promises', '{ shop { later laterShop { name } laterItems { id } } }'],
  ['methods', '{ shop { plain { area } } }'],
];
for (const [what, query] of LEFT)
  test(`what can't be completed plainly is executed by graphql-js, from the second request on at once: ${what}`, async () => {
    const { expected, first, again, runs } = await answers(query);

    assert.equal(first, expected);
    assert.equal(again, expected);
    assert.deepEqual(runs, [2, 1]);
  });

const NEVER: readonly (readonly [string, string])[] = [
  ['arguments below the root', '{ shop { greeting(to: "you") } }'],
  ['resolvers that ask where they are', '{ shop { place } }'],
  ['resolvers that are async functions', '{ shop { name waited } }'],
  ['directives', 'query ($yes: Boolean!) { shop { name @include(if: $yes) open @skip(if: $yes) } }'],
  ['directives at the root', 'query ($yes: Boolean!) { shop { name } shop @skip(if: $yes) { open } }'],
  ['fragments at the root', '{ ...F } fragment F on Query { shop { name } }'],
  ['interfaces', '{ shop { named { name ... on Item { id } } } }'],
  ['the schema', '{ __type(name: "Shop") { name fields { name } } shop { name } }'],
  ['mutations', 'mutation { rename(to: "b") { name } }'],
];
for (const [what, query] of NEVER)
  test(`graphql-js executes alone, and resolvers run once: ${what}`, async () => {
    const { expected, first, again, runs } = await answers(query, { yes: true });

    assert.equal(first, expected);
    assert.equal(again, expected);
    assert.deepEqual(runs, [1, 1]);
  });

test('arguments and variables at the root are read as by graphql-js, defaults and refusals included', async () => {
  const query = 'query ($n: Int = 2, $size: Size) { items(first: $n, size: $size) { id size } }';

  for (const variables of [{}, { n: 1 }, { n: null }, { size: 'LARGE' }, { n: 'x' }, { size: 'HUGE' }]) {
    const { expected, first, again } = await answers(query, variables);

    assert.equal(first, expected);
    assert.equal(again, expected);
  }
});
