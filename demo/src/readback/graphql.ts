/**
 * Asks a GraphQL server.
 *
 * @param url such as `http://127.0.0.1:9090/graphql`
 * @throws Error with the server's messages when it answers with errors, or not at all
 */
export async function ask<T>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  let answer: { data?: T; errors?: readonly { message: string }[] };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    throw new Error(`${url} answered ${response.status} with ${JSON.stringify(text.slice(0, 200))}`);
  }
  if (answer.errors || !answer.data) {
    const messages = answer.errors?.map((error) => error.message).join('; ');
    throw new Error(`${url} answered ${response.status}: ${messages ?? 'no data'}`);
  }
  return answer.data;
}
