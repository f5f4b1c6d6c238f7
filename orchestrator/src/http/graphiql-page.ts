/**
 * What the page may load: itself, and nothing from anywhere else. Its editor runs in workers made from blobs, and its
 * scripts and styles stand in the page.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FIRST_QUERY = `# The newest requests. Select headers and bodies only where you need them.
query Newest {
  requests {
    requestId
    method
    url
    status
    durationMs
  }
}
`;

let page: Promise<string> | undefined;

/**
 * The playground as one HTML document of some 9 MB, with its scripts inside. Loaded when it is first asked for: a
 * process that only answers queries does without.
 */
export function graphiqlPage(): Promise<string> {
  page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
    renderGraphiQL({
      title: 'Culvert',
      endpoint: '/graphql',
      defaultQuery: FIRST_QUERY,
      defaultEditorToolsVisibility: 'headers',
    }),
  );
  return page;
}
