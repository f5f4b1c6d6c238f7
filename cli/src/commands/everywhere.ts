import { choice, nonEmpty, single, toggle } from '../command-line/option.ts';
import { parseUrl } from '../config.ts';

/** The options of all commands. */
export const everywhere = {
  url: single(
    {
      name: 'url',
      placeholder: 'URL',
      summary: 'Where GraphQL is answered; http://127.0.0.1:9090/graphql by default.',
    },
    parseUrl,
  ),
  tokenFile: single(
    { name: 'token-file', placeholder: 'FILE', summary: 'A file that holds the bearer token.', file: true },
    nonEmpty,
  ),
  color: choice({ name: 'color', placeholder: 'WHEN', summary: 'auto (default), always or never.' }, [
    'auto',
    'always',
    'never',
  ]),
  help: toggle({ name: 'help', short: 'h', summary: 'Explain the command.' }),
  version: toggle({ name: 'version', summary: 'Print the version, as culvert version does.' }),
};
