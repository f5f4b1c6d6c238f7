/**
 * Preloaded into Node processes (`--import`): moves their wall clock by as many milliseconds as
 * `TEST_CLOCK_SHIFT_MS` says. What measures durations goes on as it was, as do servers that are not Node, such as Postgres.
 */
const shiftMs = Number(process.env['TEST_CLOCK_SHIFT_MS'] ?? '0');
const System = Date;
const now = (): number => System.now() + shiftMs;

const Shifted = new Proxy(System, {
  construct: (target, parts: unknown[], constructed) =>
    Reflect.construct(target, parts.length === 0 ? [now()] : parts, constructed) as object,
  apply: () => new System(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
System.prototype.constructor = Shifted;
globalThis.Date = Shifted;
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + shiftMs });

export {};
