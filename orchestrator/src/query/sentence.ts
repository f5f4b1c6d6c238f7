/** A message with its full stop: those of graphql-js end with a sign, a value or nothing. */
export function asSentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
