/** The number of columns stands in front of a row, a length in front of each column; -1 means that it is empty. */
const ROW_HEAD_BYTES = 2;
const LENGTH_BYTES = 4;
const EMPTY = -1;

/**
 * Merges encoded COPY rows of the same columns: of each column, the first value that is there.
 */
export function mergeRows(rows: readonly Buffer[]): Buffer {
  const [first] = rows;
  if (first === undefined || rows.length === 1) return first ?? Buffer.alloc(0);
  const pieces = [first.subarray(0, ROW_HEAD_BYTES)];
  const positions = rows.map(() => ROW_HEAD_BYTES);
  for (let column = first.readUInt16BE(0); column > 0; column--) {
    let chosen: Buffer | undefined;
    for (const [i, row] of rows.entries()) {
      const start = positions[i] as number;
      const length = row.readInt32BE(start);
      const end = start + LENGTH_BYTES + Math.max(0, length);
      positions[i] = end;
      if (chosen === undefined && length !== EMPTY) chosen = row.subarray(start, end);
    }
    pieces.push(chosen ?? NO_VALUE);
  }
  return Buffer.concat(pieces);
}

const NO_VALUE = Buffer.from([0xff, 0xff, 0xff, 0xff]);
