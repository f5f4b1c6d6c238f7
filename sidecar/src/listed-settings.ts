import { isIP } from 'node:net';
import type { Setting } from '@culvert/runtime/config';
import { REDACTED_HEADERS } from '@culvert/traffic/select/rules';

const NONE = 'none';
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** NATS ends connections on which a line is longer than 4096 bytes. */
const LONGEST_KEY = 1_024;
/** What a key of a key-value bucket may hold; no wildcards, since it becomes part of a subject. */
const KEY = /^[-/_=A-Za-z0-9]+(\.[-/_=A-Za-z0-9]+)*$/;

export const podAddresses: Setting<readonly string[]> = {
  variable: 'CULVERT_POD_IPS',
  description: 'Addresses of the pod, the main one first, separated by commas.',
  fallback: [],
  shown: 'none',
  type: 'list',
  parse: (text) => {
    const addresses = entries(text);
    for (const address of addresses) {
      if (isIP(address) === 0) throw new Error(`must hold IP addresses, not ${JSON.stringify(address)}`);
      if (address.startsWith('127.') || address === '::1' || address === '0.0.0.0' || address === '::')
        throw new Error(`must hold addresses that others reach, not ${address}`);
    }
    return addresses;
  },
};

export const configKey: Setting<string> = {
  variable: 'CULVERT_CONFIG_KEY',
  description:
    'Key of the compiled policies in the bucket `culvert-config`, which are followed; nothing is captured before the first.',
  fallback: '',
  type: 'text',
  parse: (text) => {
    if (text.length > LONGEST_KEY)
      throw new Error(`must have at most ${LONGEST_KEY} characters, not ${text.length}`);
    if (!KEY.test(text))
      throw new Error('must be made of letters, digits, `-`, `_`, `=`, `/` and single dots');
    return text;
  },
};

export const labels: Setting<Readonly<Record<string, string>>> = {
  variable: 'CULVERT_LABELS',
  description:
    'Labels of an agent outside a cluster as `NAME=VALUE`, separated by commas: selectors of policies look at them.',
  fallback: {},
  shown: 'none',
  type: 'list',
  parse: (text) =>
    Object.fromEntries(
      entries(text).map((entry) => {
        const equals = entry.indexOf('=');
        if (equals < 1) throw new Error(`must look like NAME=VALUE, not ${JSON.stringify(entry)}`);
        return [entry.slice(0, equals).trim(), entry.slice(equals + 1).trim()];
      }),
    ),
};

export const redactHeaders: Setting<readonly string[]> = {
  variable: 'CULVERT_REDACT_HEADERS',
  description:
    'Header fields whose values are redacted where no policy says so, separated by commas; `none` for none.',
  fallback: REDACTED_HEADERS,
  shown: REDACTED_HEADERS.join(','),
  type: 'list',
  parse: (text) => {
    if (text.trim() === NONE) return [];
    return entries(text).map((name) => {
      if (!FIELD_NAME.test(name)) throw new Error(`must hold field names, not ${JSON.stringify(name)}`);
      return name.toLowerCase();
    });
  },
};

function entries(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
