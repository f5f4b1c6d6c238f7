import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from './fields.ts';
import { renderPage } from './page.ts';
import type { Definition } from './schema.ts';
import { renderSchema, renderTypes } from './types.ts';

const DEFINITION: Definition = {
  file: 'crds/lamps.yaml',
  group: 'example.com',
  version: 'v1',
  kind: 'Lamp',
  shortNames: ['la'],
  columns: [{ name: 'Ready', description: 'Whether it shines.' }],
  schema: {
    type: 'object',
    description: 'A lamp.',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 9, description: 'Its name | label.' },
          mode: { type: 'string', enum: ['On', 'Off'], default: 'Off' },
          ports: {
            type: 'array',
            maxItems: 3,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['port'],
            items: {
              type: 'object',
              required: ['port'],
              properties: { port: { 'x-kubernetes-int-or-string': true, description: 'A port.' } },
            },
          },
          watts: {
            type: 'integer',
            minimum: 0,
            maximum: 60,
            'x-kubernetes-validations': [{ rule: 'self != 13', message: 'write another number than 13' }],
          },
          tags: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
      status: { type: 'object', properties: { lit: { type: 'boolean' } } },
    },
  },
};

test('what is required or has a default is always there in the types', () => {
  const types = renderTypes(DEFINITION).replaceAll(/\/\*\*.*?\*\/\n/gs, '');

  for (const field of [
    "readonly apiVersion: 'example.com/v1';",
    'readonly name: string;',
    'readonly mode: "On" | "Off";',
    'readonly ports?: readonly ({\nreadonly port: number | string;\n})[];',
    'readonly watts?: number;',
    'readonly tags?: Readonly<Record<string, string>>;',
    'readonly lit?: boolean;',
  ])
    assert.ok(types.includes(field), `${field} is not in\n${types}`);
});

test('the schema for validation has rules but no descriptions', () => {
  const schema = renderSchema(DEFINITION);

  assert.match(schema, /self != 13/);
  assert.doesNotMatch(schema, /description/);
});

test('fields are listed with their places, bounds, defaults and rules', () => {
  const rows = fieldsOf(DEFINITION.schema.properties!['spec']!, 'spec');

  assert.deepEqual(
    rows.map(({ path, value, fallback, rules }) => [path, value, fallback, rules.join()]),
    [
      ['spec.name', 'text, 1–9 characters', 'required', ''],
      ['spec.mode', '`On`, `Off`', '`Off`', ''],
      ['spec.ports', 'list of objects, at most 3 items, each `port` once', '', ''],
      ['spec.ports[].port', 'whole number or text', 'required', ''],
      ['spec.watts', 'whole number, 0–60', '', 'write another number than 13'],
      ['spec.tags', 'map of text', '', ''],
    ],
  );
});

test('the page has examples with their purpose, notes, and tables that bars do not break', () => {
  const example = { file: 'crds/examples/lamp.yaml', text: '# Shines\n# softly.\nkind: Lamp\n' };

  const page = renderPage(DEFINITION, [example], '## Care\n\nDust it.\n');

  assert.match(page, /^# Lamp\n/);
  assert.match(page, /\nShines\nsoftly\.\n\n```yaml\nkind: Lamp\n```\n/);
  assert.match(page, /\n## Care\n\nDust it\.\n\n## spec\n/);
  assert.match(page, /Its name \\\| label\./);
  assert.match(page, /\| Ready \| Whether it shines\. \|/);
});
