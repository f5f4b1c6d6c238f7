import type { ShutdownStep } from '@culvert/runtime/lifecycle';
import type { Listener } from './listener.ts';

/** How long connections that were reset may take to be gone, in milliseconds. */
const RESET_MS = 1_000;

/** The steps that end captured connections: in order as long as that takes no longer than `drainMs`, then by a reset. */
export function drainSteps(listeners: readonly Listener[], drainMs: number): readonly ShutdownStep[] {
  const drained = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.drain()));
  };
  return [
    { name: 'drain connections', timeoutMs: drainMs, run: drained },
    {
      name: 'reset what is left',
      timeoutMs: RESET_MS,
      run: () => {
        for (const listener of listeners) listener.destroy();
        return drained();
      },
    },
  ];
}
