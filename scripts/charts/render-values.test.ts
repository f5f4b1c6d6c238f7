import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderValues } from './render-values.ts';

test('a value becomes a row with its kind, default and meaning', () => {
  const schema = {
    properties: {
      level: { type: 'string', enum: ['info', 'warn'], description: 'What is logged.' },
      part: {
        type: 'object',
        description: 'A part.',
        properties: { replicas: { type: 'integer', description: 'How many <pods> it has.' } },
      },
    },
  };

  const page = renderValues(schema, { level: 'info', part: { replicas: 2 } });

  assert.match(page, /\| `level` \| `info`, `warn` \| `info` \| What is logged\. \|/);
  assert.match(
    page,
    /## part\n\nA part\.\n\n[^]*\| `part\.replicas` \| integer \| `2` \| How many &lt;pods> it has\. \|/,
  );
});

test('values without description, default or schema are named all at once', () => {
  const schema = {
    properties: {
      silent: { type: 'string' },
      part: {
        type: 'object',
        description: 'A part.',
        properties: { known: { type: 'string', description: 'Yes.' } },
      },
    },
  };

  assert.throws(
    () => renderValues(schema, { silent: '', part: { unknown: 1 } }),
    /silent has no description[^]*part\.unknown is not in values\.schema\.json[^]*part\.known has no default/,
  );
});
