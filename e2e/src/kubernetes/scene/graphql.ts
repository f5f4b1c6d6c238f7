import { openCulvertApi, type CulvertApi } from '../rig/culvert-api.ts';

let open: Promise<CulvertApi> | undefined;

/**
 * Asks the installation's orchestrator.
 *
 * @throws when it answers with errors or not at all, which may pass: ask within `eventually`
 */
export async function query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
  open ??= openCulvertApi();
  try {
    return await (await open).query<T>(document, variables);
  } catch (error) {
    // The way leads to one pod, which may be gone.
    await closeGraphql();
    throw error;
  }
}

/** Ends what {@link query} has opened. */
export async function closeGraphql(): Promise<void> {
  const opened = open;
  open = undefined;
  await opened?.then(
    (api) => api.close(),
    () => undefined,
  );
}
