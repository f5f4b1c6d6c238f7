import { GraphQLError, type ASTNode } from 'graphql';

/** A limit that something went beyond. */
export interface BrokenLimit {
  /** A stable name for programs. */
  readonly code: string;
  /** What is wrong, as a clause without its full stop. */
  readonly message: string;
  /** The setting that says so, or a name where nothing can be set. */
  readonly limit: string;
  /** False where something is off that the setting, a flag, can turn on. */
  readonly allowed: number | false;
  readonly node?: ASTNode | undefined;
}

/** The error that names a limit and its value, in its message for people and in its extensions for programs. */
export function limitRefusal({ code, message, limit, allowed, node }: BrokenLimit): GraphQLError {
  const value = allowed === false ? `${limit}=1 turns this on` : `${limit} allows ${allowed}`;
  return new GraphQLError(`${message}; ${value}.`, {
    ...(node !== undefined && { nodes: node }),
    extensions: { code, limit, allowed },
  });
}
