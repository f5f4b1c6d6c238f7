import type { Session } from '../session.ts';
import { readOne } from './one.ts';
import type { WholeExchange } from './exchange.ts';

const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Reads an exchange that has just been seen live, when it is stored and its bodies have arrived.
 *
 * @returns it as it is when patience ends; undefined when it isn't stored even then
 */
export async function readSettled(session: Session, id: string): Promise<WholeExchange | undefined> {
  const deadline = session.now() + PATIENCE_MS;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const found = await readOne(session.client, id);
    const exchange = found.kind === 'found' ? found.exchange : undefined;
    if ((exchange !== undefined && isSettled(exchange)) || session.now() >= deadline) return exchange;
    await session.pause(pause);
    session.signal.throwIfAborted();
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}

function isSettled({ state, requestBodyState, responseBodyState }: WholeExchange): boolean {
  return state !== 'OPEN' && requestBodyState !== 'PENDING' && responseBodyState !== 'PENDING';
}
