import type { Setting } from '@culvert/runtime/config';
import type { Resources } from '../inject/resources.ts';

/** A JSON object whose values are texts; empty by default. */
export function jsonRecord(variable: string, description: string): Setting<Readonly<Record<string, string>>> {
  return {
    variable,
    description,
    fallback: {},
    shown: '{}',
    type: 'JSON',
    parse: (value) => {
      const record = objectIn(value);
      for (const [name, item] of Object.entries(record))
        if (typeof item !== 'string')
          throw new Error(`must hold texts only, but ${JSON.stringify(name)} is ${JSON.stringify(item)}`);
      return record as Record<string, string>;
    },
  };
}

/** `{"requests": {…}, "limits": {…}}` with quantities as Kubernetes writes them. */
export function resources(variable: string, fallback: Resources, description: string): Setting<Resources> {
  return {
    variable,
    description,
    fallback,
    shown: JSON.stringify(fallback),
    type: 'JSON',
    parse: (value) => {
      for (const [part, amounts] of Object.entries(objectIn(value))) {
        if (part !== 'requests' && part !== 'limits')
          throw new Error(`may hold requests and limits, not ${JSON.stringify(part)}`);
        if (!isObject(amounts)) throw new Error(`must hold an object as ${part}`);
        for (const [name, amount] of Object.entries(amounts))
          if (typeof amount !== 'string')
            throw new Error(
              `must hold quantities as texts, but ${part}.${name} is ${JSON.stringify(amount)}`,
            );
      }
      return JSON.parse(value) as Resources;
    },
  };
}

function objectIn(value: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw new Error('must be a JSON object');
  }
  if (!isObject(parsed)) throw new Error('must be a JSON object');
  return parsed;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
