import type { GraphQLError, ExecutionResult } from 'graphql';
import type { Registry } from 'prom-client';
import type { Events } from '../query/graphql.ts';
import { limitRefusal } from '../query/limit-refusal.ts';
import { createSubscriptionMetrics } from './connection-metrics.ts';

/** How subscriptions travel. */
export type SubscriptionTransport = 'sse' | 'websocket';

/** The subscriptions that a process serves at the moment. */
export interface Subscriptions {
  /**
   * Begins one more, if there is room. It counts until its events have ended, whoever ended them; one that can't begin
   * counts no longer than it took to find out.
   *
   * @param subscribe begins it
   * @returns its events, or a result that says why there are none
   * @throws what `subscribe` throws
   */
  begin(
    transport: SubscriptionTransport,
    subscribe: () => Promise<Events | ExecutionResult>,
  ): Promise<Events | ExecutionResult>;
  /** Ends those that nothing else ends: WebSockets are closed as a whole. */
  endAll(): void;
}

interface Slot {
  readonly transport: SubscriptionTransport;
  ended: boolean;
  events?: Events;
}

/** Registers `culvert_graphql_subscriptions`. */
export function createSubscriptions(max: number, registry: Registry): Subscriptions {
  const open = new Set<Slot>();
  const gauge = createSubscriptionMetrics(registry);
  return {
    async begin(transport, subscribe) {
      if (open.size >= max) return { errors: [tooMany(max)] };
      const slot: Slot = { transport, ended: false };
      open.add(slot);
      gauge.inc({ transport });
      const free = (): void => {
        if (open.delete(slot)) gauge.dec({ transport });
      };
      try {
        const events = await subscribe();
        if (!(Symbol.asyncIterator in events)) {
          free();
          return events;
        }
        slot.events = untilEnded(events, free);
        if (slot.ended) await slot.events.return();
        return slot.events;
      } catch (error) {
        free();
        throw error;
      }
    },
    endAll() {
      for (const slot of open) {
        if (slot.transport === 'websocket') continue;
        slot.ended = true;
        void slot.events?.return();
      }
    },
  };
}

function tooMany(max: number): GraphQLError {
  return limitRefusal({
    code: 'TOO_MANY_SUBSCRIPTIONS',
    message: 'This process serves as many subscriptions as it may; try again later',
    limit: 'CULVERT_MAX_SUBSCRIPTIONS',
    allowed: max,
  });
}

/** Events that tell when they have ended, whoever ended them. */
function untilEnded(events: Events, onEnd: () => void): Events {
  const watched = async <R extends IteratorResult<ExecutionResult, undefined>>(
    step: Promise<R>,
  ): Promise<R> => {
    try {
      const result = await step;
      if (result.done === true) onEnd();
      return result;
    } catch (error) {
      onEnd();
      throw error;
    }
  };
  return {
    poll: () => events.poll(),
    next: () => watched(events.next()),
    return: () => watched(events.return()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
