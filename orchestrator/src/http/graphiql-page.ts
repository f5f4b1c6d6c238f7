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

/** What the editor holds at first: a list and the live tail, of which the button runs one. */
export const FIRST_DOCUMENT = `# The newest exchanges that match; filters go by methods, host, urlContains, namespaces,
# workloads, states, durationMs, since and more, too. Select headers and bodies only where you need them.
query Newest {
  transactions(first: 20, filter: { status: { min: 100, max: 599 } }) {
    nodes {
      requestId
      timestamp
      workload
      method
      url
      status
      state
      durationMs
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

# Exchanges as they happen. A filter of the same kind may narrow them down.
subscription Follow {
  trafficEvents {
    ... on HttpTransaction {
      requestId
      state
      method
      url
      status
      durationMs
    }
    ... on GapMarker {
      lost
      since
    }
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
      defaultQuery: FIRST_DOCUMENT,
      defaultEditorToolsVisibility: 'headers',
    }),
  );
  return page;
}
