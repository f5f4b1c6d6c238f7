import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObjectType } from 'graphql';
import { PLANNED_FIELDS, planRead } from './read-plan.ts';
import { buildSchema } from './schema.ts';

test('every field of HttpTransaction says which columns it needs', () => {
  const type = buildSchema().getType('HttpTransaction');

  assert.ok(isObjectType(type));
  assert.deepEqual(Object.keys(type.getFields()).toSorted(), PLANNED_FIELDS.toSorted());
});

test('only the state of an exchange or of a body needs agents, and only the latter stored sizes', () => {
  const light = planRead(new Set(['requestId', 'method', 'responseBody']));
  const state = planRead(new Set(['state']));
  const body = planRead(new Set(['responseBodyState']));

  assert.deepEqual([light.agents, light.bodySizes.size, [...light.bodies]], [false, 0, ['response']]);
  assert.deepEqual([state.agents, state.bodySizes.size, state.bodies.size], [true, 0, 0]);
  assert.deepEqual([body.agents, [...body.bodySizes], body.bodies.size], [true, ['response'], 0]);
});
