import { parseArgs } from 'node:util';
import type { Settings } from '@culvert/runtime/config';
import { settings as captureSettings } from './config.ts';
import { settings as nodeSettings } from './node/config.ts';
import { settings as redirectSettings } from './redirect/config.ts';

const ROLES = {
  capture: {
    does: 'forwards captured ports untouched, copies each HTTP exchange and publishes it to NATS JetStream',
    settings: captureSettings,
  },
  node: {
    does: 'measures the machine that it runs on and publishes that to NATS JetStream',
    settings: nodeSettings,
  },
  redirect: {
    does: "redirects a pod's ports to its sidecar, in nftables, and ends; needs user 0 and NET_ADMIN",
    settings: redirectSettings,
  },
} as const satisfies Record<string, { does: string; settings: Settings }>;

/** What a process of this program is for. */
export type Role = keyof typeof ROLES;

/** What the command line asks for, or what is wrong with it. */
export type CommandLine =
  | { readonly kind: 'run'; readonly role: Role }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'mistake'; readonly message: string };

/** Reads the arguments that follow the program's name. */
export function readCommandLine(args: readonly string[], version: string): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        role: { type: 'string', default: 'capture' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    const { role } = values;
    if (!isRole(role)) return mistake(`--role must be one of ${roleNames}, not ${JSON.stringify(role)}`);
    if (values.help === true) return { kind: 'print', text: help(role) };
    if (values.version === true) return { kind: 'print', text: `${version}\n` };
    return { kind: 'run', role };
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}

const roleNames = Object.keys(ROLES).join(', ');

function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

function mistake(message: string): CommandLine {
  return { kind: 'mistake', message: `${message}; try --help` };
}

function help(role: Role): string {
  return `Usage: culvert-sidecar [--role ${Object.keys(ROLES).join('|')}]

Roles (capture unless told otherwise; --role ROLE --help lists the settings of another one):

${Object.entries(ROLES)
  .map(([name, { does }]) => `  ${name.padEnd(9)} ${does}`)
  .join('\n')}

Settings of the role ${role}, all of them environment variables:

${Object.values<Settings[string]>(ROLES[role].settings)
  .map((setting) => `  ${setting.variable.padEnd(26)} ${setting.description}`)
  .join('\n')}

Exit codes: 0 ended in order, 1 could not start or run, 2 wrong usage.
`;
}
