/** So many may do something at once; the others wait, the first one first. */
export interface Permits {
  /** Resolves when it may begin, with what to call once it has ended. */
  take(): Promise<() => void>;
}

/** @param count how many there are */
export function createPermits(count: number): Permits {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take() {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      };
    },
  };
}
