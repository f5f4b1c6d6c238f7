import type { GraphqlClient } from './client/graphql.ts';
import type { Style } from './terminal/style.ts';
import type { Writer } from './terminal/writer.ts';

/** What a command works with. */
export interface Session {
  readonly client: GraphqlClient;
  readonly output: Writer;
  /** Columns of the terminal; Infinity where the output is none. */
  readonly columns: number;
  readonly terminal: boolean;
  readonly style: Style;
  /** Tells the person, beside the output, one line; control characters are escaped. */
  readonly say: (sentence: string) => void;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or at once when interrupted. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Aborted by Ctrl-C, and when nobody reads the output any more. */
  readonly signal: AbortSignal;
}
