/** What the language throws at a mistake in the program. */
const FAULTS = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError];

/** Whether an error says that this program has a mistake: the same again would fail the same again. */
export function isFaultOfProgram(error: unknown): boolean {
  return FAULTS.some((type) => error instanceof type);
}
