/** Data that Python made the same of, for tests that compare with what it says. */

/** Rows of waves and saw teeth, one after the other. */
export function wavesAndTeeth(count: number, width: number, first = 0): Float64Array {
  return Float64Array.from({ length: count * width }, (_, at) => {
    const [row, column] = [first + Math.floor(at / width), at % width];
    return Math.sin(row * (column + 1) * 0.37 + column) + 0.1 * ((row * 7 + column * 3) % 11);
  });
}
