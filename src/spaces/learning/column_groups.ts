/** Columns that belong together. */

/** Groups whose columns correlate less than this on average are not joined. */
const LEAST_CORRELATION = 0.5;

/**
 * Groups of columns that go together or against each other, a domain each: average linkage (Sokal and Michener, 1958) by
 * the size of their correlation, down to a half.
 *
 * @param residuals rows without the means of their classes
 * @returns the places of the columns of each group
 */
export function columnGroups(residuals: readonly (readonly number[])[]): number[][] {
  const correlations = correlationsOf(residuals);
  const groups = correlations.map((_, at) => [at]);
  for (;;) {
    let [first, second, most] = [-1, -1, LEAST_CORRELATION];
    for (let one = 0; one < groups.length; one++) {
      for (let other = 0; other < one; other++) {
        const correlation = between(groups[one]!, groups[other]!, correlations);
        if (correlation > most) [first, second, most] = [other, one, correlation];
      }
    }
    if (first < 0) return groups;
    groups[first]!.push(...groups.splice(second, 1)[0]!);
  }
}

function between(one: number[], other: number[], correlations: number[][]): number {
  let sum = 0;
  for (const row of one) for (const column of other) sum += correlations[row]![column]!;
  return sum / (one.length * other.length);
}

/** The sizes of the correlations; 0 with what does not vary. */
function correlationsOf(residuals: readonly (readonly number[])[]): number[][] {
  const width = residuals[0]!.length;
  const products = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  for (const residual of residuals) {
    for (let row = 0; row < width; row++) {
      for (let column = 0; column <= row; column++) {
        products[row]![column]! += residual[row]! * residual[column]!;
      }
    }
  }
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < row; column++) {
      const sizes = Math.sqrt(products[row]![row]! * products[column]![column]!);
      const own = sizes > 0 ? Math.abs(products[row]![column]!) / sizes : 0;
      products[row]![column] = products[column]![row] = own;
    }
  }
  return products;
}
