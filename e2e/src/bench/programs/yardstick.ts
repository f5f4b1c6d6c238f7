/**
 * How fast this machine computes and how fast it reaches its memory, on one core. Prints JSON: nanoseconds a step.
 */
const STEPS = 20_000_000;
const CELLS = 16 * 1024 * 1024;
const ROUNDS = 3;

/** A chain of multiplications, each of which needs the one before. */
function compute(): number {
  let value = 1;
  for (let i = 0; i < STEPS; i++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0;
  return value;
}

/** A ring through memory in an order that no processor foresees: each cell says where the next one is. */
function createRing(): Uint32Array {
  const ring = new Uint32Array(CELLS);
  // A full period: the multiplier is 1 modulo 4, the increment is odd (Hull and Dobell, 1962).
  for (let i = 0, at = 0; i < CELLS; i++) {
    const next = (Math.imul(at, 1_664_525) + 1_013_904_223) & (CELLS - 1);
    ring[at] = next;
    at = next;
  }
  return ring;
}

function walk(ring: Uint32Array, steps: number): number {
  let at = 0;
  for (let i = 0; i < steps; i++) at = ring[at] as number;
  return at;
}

function fastest(run: () => number, steps: number): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const result = run();
    if (!Number.isInteger(result)) throw new Error('the yardstick lost its way');
    best = Math.min(best, performance.now() - started);
  }
  return (best * 1e6) / steps;
}

const ring = createRing();
const walked = STEPS / 10;
console.log(
  JSON.stringify({ computeNs: fastest(compute, STEPS), memoryNs: fastest(() => walk(ring, walked), walked) }),
);
