import assert from 'node:assert/strict';
import test from 'node:test';
import { parseLog } from './statements.ts';

const LOG = `culvert-api LOG:  execute <unnamed>: select "a"
	from "t" where b = $1 and c = $2
culvert-api DETAIL:  Parameters: $1 = 'it''s', $2 = NULL
psql LOG:  statement: SELECT 1
culvert-api LOG:  execute newest: select 2
culvert-api LOG:  statement: COMMIT
`;

test('statements of the api are read from a log, with names and values, and others are not', () => {
  const statements = parseLog(LOG);

  assert.deepEqual(statements, [
    { name: undefined, text: 'select "a"\nfrom "t" where b = $1 and c = $2', values: [`it's`, null] },
    { name: 'newest', text: 'select 2', values: [] },
    { name: undefined, text: 'COMMIT', values: [] },
  ]);
});
