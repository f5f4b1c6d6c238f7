/** What the command is for. */
export const INTRODUCTION =
  'culvert shows the requests that Culvert has captured: live, or from the store. It asks the orchestrator through GraphQL.';

/** The environment in short; config.ts declares it. */
export const ENVIRONMENT_NOTES: readonly (readonly [variable: string, meaning: string])[] = [
  ['CULVERT_URL', 'Where GraphQL is answered.'],
  ['CULVERT_TOKEN', 'The bearer token.'],
  [
    'CULVERT_TOKEN_FILE',
    'A file that holds the bearer token. Without either, .culvert/token is sent to addresses of this machine, if it exists.',
  ],
  ['NO_COLOR', 'Anything turns colours off.'],
];

/** How the command ends. */
export const EXIT_CODES: readonly { readonly code: number; readonly meaning: string }[] = [
  { code: 0, meaning: 'done; also when nothing matches a list' },
  { code: 1, meaning: 'failed, or not found' },
  { code: 2, meaning: 'the command line or a setting is wrong' },
  { code: 3, meaning: 'the server can not be reached, is not Culvert, or refuses (no token, a wrong one)' },
  { code: 130, meaning: 'interrupted by Ctrl-C (143: by SIGTERM)' },
];
