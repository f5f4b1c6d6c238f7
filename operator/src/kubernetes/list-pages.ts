import type { KubernetesClient, Query } from './client.ts';
import type { KubernetesObject, ListPage } from './objects.ts';

/** Objects a page: a page of pods is some megabytes. */
const PAGE = 500;

/**
 * Lists a resource page by page, so that never more than a page is held as it came.
 *
 * @param visit takes each object; what it keeps is all that stays
 * @returns the resource version that the list stands for
 */
export async function listPages(
  client: Pick<KubernetesClient, 'get'>,
  path: string,
  visit: (object: KubernetesObject) => void,
  query: Query = {},
): Promise<string> {
  let next: string | undefined;
  for (;;) {
    const page: ListPage = await client.get<ListPage>(path, { ...query, limit: PAGE, continue: next });
    for (const item of page.items ?? []) visit(item);
    next = page.metadata.continue;
    if (next === undefined || next === '') return page.metadata.resourceVersion ?? '';
  }
}
