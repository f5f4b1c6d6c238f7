import { readFile, stat } from 'node:fs/promises';
import { withClient } from '../../dataset/client.ts';
import { until } from '../../until.ts';

/** A statement as Postgres was sent it. Undefined name: it was not prepared under one. */
export interface Statement {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

const PREFIX = 'culvert-api';

/**
 * Learns from Postgres's log which statements the api runs for a request.
 *
 * @param logFile where the server's log goes
 * @param ask makes the api run them
 */
export async function recordStatements(
  postgresUrl: string,
  logFile: string,
  ask: () => Promise<unknown>,
): Promise<readonly Statement[]> {
  await configure(postgresUrl, [
    `ALTER SYSTEM SET log_line_prefix = '%a '`,
    `ALTER SYSTEM SET log_statement = 'all'`,
    'SELECT pg_reload_conf()',
  ]);
  const read = async (): Promise<string> => (await readFile(logFile, 'utf8')).slice(begin);
  const mark = `the log is followed from ${process.pid}`;
  const begin = (await stat(logFile)).size;
  // Sessions learn of new settings between statements, each in its own time.
  await until('the log tells statements of the api', async () => {
    await ask();
    return parseLog(await read()).length > 0;
  });
  await configure(postgresUrl, [`SELECT '${mark} on'`]);
  await until('the log has the mark', async () => (await read()).includes(`${mark} on`));
  await ask();
  await configure(postgresUrl, [`SELECT '${mark} to here'`]);
  await until('the log has the last mark', async () => (await read()).includes(`${mark} to here`));
  const log = await read();
  await configure(postgresUrl, [
    'ALTER SYSTEM RESET log_line_prefix',
    'ALTER SYSTEM RESET log_statement',
    'SELECT pg_reload_conf()',
  ]);
  return parseLog(log.slice(log.indexOf(`${mark} on`)));
}

/** The statements of the api in a log of Postgres whose lines begin with the application's name. */
export function parseLog(log: string): readonly Statement[] {
  const statements: { name: string | undefined; text: string; values: (string | null)[] }[] = [];
  // What continues a message is indented by a tab.
  for (const [, kind = '', message = ''] of log.matchAll(
    new RegExp(`^${PREFIX} (LOG|DETAIL): {2}(.*(?:\\n\\t.*)*)`, 'gm'),
  )) {
    const [, name, text] = /^(?:execute ([^:]+)|statement): ([^]*)$/.exec(message) ?? [];
    const last = statements.at(-1);
    if (kind === 'LOG' && text !== undefined)
      statements.push({
        name: name === '<unnamed>' ? undefined : name,
        text: text.replaceAll('\n\t', '\n'),
        values: [],
      });
    else if (kind === 'DETAIL' && last !== undefined)
      for (const [, value] of message.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g))
        last.values.push(
          value === 'NULL' || value === undefined ? null : value.slice(1, -1).replaceAll(`''`, `'`),
        );
  }
  return statements;
}

function configure(url: string, statements: readonly string[]): Promise<void> {
  return withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}
