import { parseArgs } from 'node:util';
import { parseRoles, ROLES, type Role } from './roles.ts';

/** What the command line asks for, or what is wrong with it. */
export type CommandLine =
  | { readonly kind: 'run'; readonly roles: readonly Role[] | undefined }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string };

export const USAGE = `Usage: culvert-orchestrator [--roles ${ROLES.join(',')}]

Stores what the sidecars publish and answers over GraphQL.

  --roles LIST   which roles this process plays: ${ROLES.join(', ')} (default: all; wins over CULVERT_ROLES)
  --help         print this and exit

Everything else is set by environment variables: see docs/reference/configuration.md.
Exit codes: 0 ended in order, 1 could not start or run, 2 wrong usage.
`;

/** Reads the arguments that follow the program's name. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { roles: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return { kind: 'help' };
    return { kind: 'run', roles: values.roles === undefined ? undefined : rolesOf(values.roles) };
  } catch (error) {
    return { kind: 'mistake', message: error instanceof Error ? error.message : String(error) };
  }
}

function rolesOf(text: string): readonly Role[] {
  try {
    return parseRoles(text);
  } catch (error) {
    throw new Error(`--roles ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
