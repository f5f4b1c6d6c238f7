/** Values by owner and name, of which so many are kept for all owners together. */
export interface SharedMemory<Value> {
  /** Keeps a value; where there are too many then, the owner that has most loses the one it has set longest ago. */
  set(owner: string, name: string, value: Value): void;
  get(owner: string, name: string): Value | undefined;
  delete(owner: string, name: string): void;
  /** Of each owner in the order in which they were set last. */
  values(): IterableIterator<Value>;
  readonly size: number;
}

/**
 * Bounded memory of what others say, where no owner can push out what another one has by saying a lot.
 *
 * @param most how many values are kept
 */
export function createSharedMemory<Value>(most: number): SharedMemory<Value> {
  const owners = new Map<string, Map<string, Value>>();
  let size = 0;
  const remove = (owner: string, name: string): void => {
    const own = owners.get(owner);
    if (own?.delete(name) !== true) return;
    size--;
    if (own.size === 0) owners.delete(owner);
  };
  const forgetOne = (): void => {
    let largest: readonly [string, Map<string, Value>] | undefined;
    for (const entry of owners) if (largest === undefined || entry[1].size > largest[1].size) largest = entry;
    const oldest = largest?.[1].keys().next();
    if (largest !== undefined && oldest?.done === false) remove(largest[0], oldest.value);
  };
  return {
    set(owner, name, value) {
      remove(owner, name);
      const own = owners.get(owner) ?? new Map<string, Value>();
      owners.set(owner, own);
      own.set(name, value);
      size++;
      if (size > most) forgetOne();
    },
    get: (owner, name) => owners.get(owner)?.get(name),
    delete: remove,
    *values() {
      for (const own of owners.values()) yield* own.values();
    },
    get size() {
      return size;
    },
  };
}
