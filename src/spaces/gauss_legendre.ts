/** Integrals of polynomials. */

/** Where a function on [0, 1] is looked at, and what it counts there. */
interface Node {
  readonly at: number;
  readonly weight: number;
}

const REMEMBERED = new Map<number, readonly Node[]>();

/**
 * The nodes of Gauss and Legendre: the weighed sum over `count` of them is the integral from 0 to 1 of a polynomial of
 * degree 2 · count − 1 or less, but for rounding (Golub and Welsch, "Calculation of Gauss quadrature rules", 1969; the
 * roots by Newton's method).
 *
 * @param count how many, at least 1
 */
export function gaussLegendre(count: number): readonly Node[] {
  const remembered = REMEMBERED.get(count);
  if (remembered) return remembered;
  const nodes = Array.from({ length: count }, (_, order) => {
    let root = Math.cos(Math.PI * (order + 0.75) / (count + 0.5));
    let slope = NaN;
    for (let step = Infinity; Math.abs(step) > 1e-15;) {
      const [value, before] = legendre(count, root);
      slope = count * (root * value - before) / (root * root - 1);
      step = value / slope;
      root -= step;
    }
    return { at: (1 + root) / 2, weight: 1 / ((1 - root * root) * slope * slope) };
  });
  REMEMBERED.set(count, nodes);
  return nodes;
}

/** Legendre's polynomial of a degree, and that of the degree before, by Bonnet's recursion. */
function legendre(degree: number, at: number): [value: number, before: number] {
  let [value, before] = [at, 1];
  for (let next = 2; next <= degree; next++) {
    [value, before] = [((2 * next - 1) * at * value - (next - 1) * before) / next, value];
  }
  return [value, before];
}
