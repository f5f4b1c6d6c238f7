import type { Builder } from './builder.ts';
import { EXCHANGE_STATES } from './exchange-state.ts';

/** Declares `ExchangeState`, which exchanges tell and filters ask for. */
export function declareExchangeState(builder: Builder) {
  return builder.enumType('ExchangeState', {
    description: 'Whether an exchange is still going on, and how it ended if not.',
    values: EXCHANGE_STATES,
  });
}

/** `ExchangeState` as other declarations refer to it. */
export type ExchangeStateRef = ReturnType<typeof declareExchangeState>;
