/** Tells what was measured: it is printed whether or not the test passes. Nothing is judged by it. */
export function measured(sentence: string): void {
  process.stdout.write(`measured: ${sentence}\n`);
}
