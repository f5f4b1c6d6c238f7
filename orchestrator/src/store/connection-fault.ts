/** What the system says of a connection that could not be made or broke, and of a name that it could not look up. */
const SYSTEM_CODES = new Set([
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTCONN',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
]);
/** Certificates that are refused have some thirty codes. */
const TLS_CODE = /^ERR_(TLS|SSL)_|CERT|^UNABLE_TO_/;
/** Errors of pg and pg-pool have neither a class nor a code of their own. */
const DRIVER_TEXTS = [
  /^timeout expired$/,
  /^timeout exceeded when trying to connect$/,
  /^Connection terminated( unexpectedly| due to connection timeout)?$/,
  /^Client (has encountered a connection error|was closed) and is not queryable$/,
  /^Query read timeout$/,
  /^Cannot use a pool after calling end on the pool$/,
  /^The server does not support SSL connections$/,
  /^There was an error establishing an SSL connection$/,
];

/**
 * Whether an error says that there is no connection to Postgres: recognised by what the system and the driver are known to
 * say. Any other error is a fault of this program until somebody knows better.
 */
export function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A name with several addresses fails with an error for each.
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every(isConnectionFault);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code === 'string')
    // A socket in the file system that is not there has the code of any missing file.
    return SYSTEM_CODES.has(code) || TLS_CODE.test(code) || (code.startsWith('E') && syscall === 'connect');
  return DRIVER_TEXTS.some((text) => text.test(error.message));
}
