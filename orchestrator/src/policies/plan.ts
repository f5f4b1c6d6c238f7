/** What a file looked like at a scan: equal signatures mean equal content. */
export type Signatures = ReadonlyMap<string, string>;

/** What to do about a folder's files. */
export interface FilePlan {
  readonly read: readonly string[];
  readonly forget: readonly string[];
}

/** Whether a file in the folder holds policies; editors' copies and what ConfigMap mounts keep beside it don't. */
export function isPolicyFile(name: string): boolean {
  return /^[^.#~].*\.(ya?ml|json)$/i.test(name);
}

/**
 * Compares two scans with what was read. A file counts once it looks the same in both, so that one which is being
 * written, or exchanged for another, is not read by halves.
 */
export function planFiles(previous: Signatures, current: Signatures, read: Signatures): FilePlan {
  return {
    read: [...current]
      .filter(([name, signature]) => previous.get(name) === signature && read.get(name) !== signature)
      .map(([name]) => name)
      .sort(),
    forget: [...read.keys()].filter((name) => !previous.has(name) && !current.has(name)).sort(),
  };
}
