/**
 * An error as it is logged: what it is and where it happened. Other properties of errors hold values that nobody meant
 * to log, such as the bytes of a request that could not be parsed, and so do some messages.
 */
export function loggedError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is no error' };
  const { code, table, column, constraint } = error as unknown as Record<string, unknown>;
  const message = safeMessage(error);
  return {
    type: error.name,
    message,
    ...texts({ code, table, column, constraint }),
    stack: [`${error.name}: ${message}`, ...frames(error)].join('\n'),
    ...(error.cause instanceof Error && { cause: loggedError(error.cause) }),
  };
}

/** Postgres's classes of faults in data and of broken constraints: their messages quote the data. */
const QUOTES_DATA = /^2[23]/;

function safeMessage(error: Error): string {
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown };
  if (severity !== undefined && typeof code === 'string' && QUOTES_DATA.test(code))
    return `Postgres refuses a value (${code})`;
  // JSON.parse quotes what it was given.
  if (error.name === 'SyntaxError') return error.message.replace(/[,:]? (\.\.\.)?".*/s, '');
  return error.message;
}

function frames(error: Error): readonly string[] {
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}

function texts(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => typeof value === 'string' || typeof value === 'number'),
  );
}
