import type { RequestEvents, RequestHead, ResponseEvents, ResponseHead } from '../message.ts';

/** Events by name, faults with their reason, and what came with them. */
export interface EventLog {
  readonly names: string[];
  readonly bodies: Buffer[];
}

export interface RequestLog extends EventLog, RequestEvents {
  readonly heads: RequestHead[];
}

export interface ResponseLog extends EventLog, ResponseEvents {
  readonly heads: ResponseHead[];
}

/** Records what a request parser reports. `on` acts within an event, after it was recorded. */
export function requestLog(on: (event: string) => void = () => undefined): RequestLog {
  const heads: RequestHead[] = [];
  const log = eventLog(on);
  return { ...log.events, ...log, heads, onHead: (head) => (heads.push(head), log.note('head')) };
}

/** Records what a response parser reports about answers to one request after the other. */
export function responseLog(...methods: readonly string[]): ResponseLog {
  const heads: ResponseHead[] = [];
  const waiting = [...methods];
  const log = eventLog((event) => {
    if (event === 'end') waiting.shift();
  });
  return {
    ...log.events,
    ...log,
    heads,
    answered: () => (waiting[0] === undefined ? undefined : { method: waiting[0], asksToSwitch: false }),
    onInterim: () => log.note('interim'),
    onHead: (head) => (heads.push(head), log.note('head')),
    onSwitch: () => log.note('switch'),
  };
}

function eventLog(on: (event: string) => void) {
  const names: string[] = [];
  const bodies: Buffer[] = [];
  const note = (name: string): void => {
    names.push(name);
    on(name);
  };
  const events = {
    onStart: () => note('start'),
    onBody: (data: Buffer) => (bodies.push(data), note('body')),
    onTrailers: () => note('trailers'),
    onEnd: () => note('end'),
    onFault: (fault: string) => note(fault),
  };
  return { names, bodies, note, events };
}
