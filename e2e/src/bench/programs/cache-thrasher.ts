/**
 * A neighbour who spoils the processor's caches: writes to places all over a piece of memory that is larger than they are.
 *
 * Argument: after how many seconds it ends by itself.
 */
const CELLS = 16 * 1024 * 1024;
/** A cell further on by this lies in another cache line and another page; coprime with the number of cells. */
const STRIDE = 1_048_583;
const STEPS = 1_000_000;

const until = performance.now() + Number(process.argv[2]) * 1000;
const memory = new Uint32Array(CELLS);
let place = 0;
while (performance.now() < until) {
  for (let i = 0; i < STEPS; i++) {
    place = (place + STRIDE) & (CELLS - 1);
    memory[place] = (memory[place] as number) + 1;
  }
}
