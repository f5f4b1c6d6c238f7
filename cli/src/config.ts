import {
  ConfigurationError,
  readSettings,
  secret,
  text,
  type Setting,
  type Values,
} from '@culvert/runtime/config';
import { Mistake } from './command-line/mistake.ts';

/** Every setting of the command that comes from the environment. The reference page is made from this record. */
export const settings = {
  url: {
    ...text('CULVERT_URL', 'http://127.0.0.1:9090/graphql', 'Where GraphQL is answered; --url wins.'),
    parse: parseUrl,
  } satisfies Setting<string>,
  token: secret('CULVERT_TOKEN', '', 'The bearer token to send.'),
  tokenFile: text('CULVERT_TOKEN_FILE', '', 'A file that holds the bearer token; --token-file wins.'),
  dataDirectory: text(
    'CULVERT_DATA_DIR',
    '.culvert',
    'Where an orchestrator on this machine keeps the token that it made: the file token in it is sent to addresses of this machine when no token is given.',
  ),
  noColor: text('NO_COLOR', '', 'Anything turns colours off; --color wins.'),
  term: text('TERM', '', 'The kind of terminal; dumb means no colours.'),
};

/** What the environment says. */
export type Environment = Values<typeof settings>;

/**
 * Reads what the environment says.
 *
 * @throws Mistake with all that is wrong with it
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Environment {
  try {
    return readSettings(settings, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new Mistake(error.problems.join('\n'));
    throw error;
  }
}

/**
 * Checks a URL of GraphQL.
 *
 * @throws Error whose message completes "--url …" and "CULVERT_URL …"
 */
export function parseUrl(value: string): string {
  if (!URL.canParse(value) || !/^https?:\/\//i.test(value))
    throw new Error(`must be a URL such as http://127.0.0.1:9090/graphql, not ${JSON.stringify(value)}`);
  const url = new URL(value);
  if (url.username !== '' || url.password !== '')
    throw new Error('must hold no user or password: give a token by CULVERT_TOKEN or --token-file');
  // The address of the server alone is plainly meant as this.
  return url.pathname === '/' && url.search === '' ? new URL('/graphql', url).href : url.href;
}
