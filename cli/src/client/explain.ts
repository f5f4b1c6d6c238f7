import { Mistake } from '../command-line/mistake.ts';
import { AnswerTooLarge } from './answer-too-large.ts';
import { Failure } from './failure.ts';

/** An error of GraphQL's as it travels. */
export interface GraphqlFault {
  readonly message?: string;
  readonly extensions?: { readonly code?: string; readonly argument?: string };
}

const TOKEN_ADVICE = [
  'Give its token by CULVERT_TOKEN or --token-file. In a cluster:',
  "  export CULVERT_TOKEN=$(kubectl --namespace culvert-system get secret culvert-graphql --output go-template='{{ .data.token | base64decode }}')",
];

/** The server can't be reached, or broke off. */
export function unreachable(url: string, cause: unknown): Failure {
  return new Failure('unreachable', `cannot reach ${url}: ${reasonOf(cause)}`, [
    'Is the orchestrator running there? To reach the one of a cluster, leave this running beside it:',
    '  kubectl --namespace culvert-system port-forward service/culvert-orchestrator 9090',
    'Another address is given by --url or CULVERT_URL.',
  ]);
}

/** The server wants to know who asks. */
export function unauthorised(url: string, withToken: boolean): Failure {
  const what = withToken ? 'does not accept the token that was sent' : 'asks for a token';
  return new Failure('refused', `${url} ${what}`, TOKEN_ADVICE);
}

/** The server refuses this name or these rights. */
export function forbidden(url: string, sentence: string | undefined): Failure {
  return new Failure('refused', `${url} refuses to answer${sentence === undefined ? '' : `: ${sentence}`}`);
}

/** Something answers, but it is not Culvert. */
export function notCulvert(url: string, what: string): Failure {
  return new Failure('unreachable', `${url} does not answer as Culvert does: ${what}`, [
    "The URL must end in /graphql and lead to the orchestrator's API (--url, CULVERT_URL).",
  ]);
}

/** What an error of GraphQL's means for the person. */
export function explainFaults(faults: readonly GraphqlFault[]): Error {
  const [first] = faults;
  const message = first?.message ?? 'the server reports an error without saying which';
  const code = first?.extensions?.code;
  switch (code) {
    case 'BAD_USER_INPUT':
      return new Mistake(message);
    case 'STORE_TIMEOUT':
      return new Failure('failed', message, [
        'Narrow it down, for example by --since, --namespace or --workload.',
      ]);
    case 'ANSWER_TOO_LARGE':
      return new AnswerTooLarge(message);
    case 'GRAPHQL_VALIDATION_FAILED':
      return new Failure('failed', `the server does not understand the question: ${message}`, [
        'It may be older or newer than this command.',
      ]);
    default:
      return new Failure('failed', message);
  }
}

/** A fault of the network in a few words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const { code } = (cause ?? error) as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no such host';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return 'the connection broke';
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'no answer in time';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'its certificate is not trusted; NODE_EXTRA_CA_CERTS names a file with the authority';
    default:
      if (error.name === 'TimeoutError') return 'no answer in time';
      // It has no code. An answer ends in its middle when the process there is killed.
      if (cause instanceof Error && /Invalid EOF state/.test(cause.message)) return 'the connection broke';
      return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
  }
}
