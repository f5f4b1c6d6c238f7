/**
 * Reads a namespace.
 *
 * @throws Error whose message completes "--namespace …"
 */
export function parseNamespace(text: string): string {
  if (text === '') throw new Error('needs a value');
  if (text.includes('/'))
    throw new Error(
      `takes a namespace without a workload; did you mean --namespace ${JSON.stringify(text.split('/', 1)[0])}, or --workload ${JSON.stringify(text)}?`,
    );
  return text;
}
