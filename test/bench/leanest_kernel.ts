/** The leanest loops in TypeScript for the nearest prototype, in 12 dimensions and no other number of them. */

/** So many coordinates are held in variables. */
export const WIDTH = 12;

/** In one domain: the nearest has the greatest x·c − ½‖c‖². */
export function leanest(points: Float64Array, c: Float64Array): Int32Array {
  const halves = Float64Array.from({ length: c.length / WIDTH }, (_, at) => {
    return c.subarray(at * WIDTH, (at + 1) * WIDTH).reduce((sum, one) => sum + one * one, 0) / 2;
  });
  const nearest = new Int32Array(points.length / WIDTH);
  for (let point = 0, at = 0; point < nearest.length; point++, at += WIDTH) {
    const x0 = points[at]!, x1 = points[at + 1]!, x2 = points[at + 2]!, x3 = points[at + 3]!;
    const x4 = points[at + 4]!, x5 = points[at + 5]!, x6 = points[at + 6]!, x7 = points[at + 7]!;
    const x8 = points[at + 8]!, x9 = points[at + 9]!, xa = points[at + 10]!, xb = points[at + 11]!;
    let [most, best] = [-Infinity, 0];
    for (let prototype = 0, p = 0; prototype < halves.length; prototype++, p += WIDTH) {
      const score = x0 * c[p]! + x1 * c[p + 1]! + x2 * c[p + 2]! + x3 * c[p + 3]! +
        x4 * c[p + 4]! + x5 * c[p + 5]! + x6 * c[p + 6]! + x7 * c[p + 7]! +
        x8 * c[p + 8]! + x9 * c[p + 9]! + xa * c[p + 10]! + xb * c[p + 11]! - halves[prototype]!;
      if (score > most) {
        most = score;
        best = prototype;
      }
    }
    nearest[point] = best;
  }
  return nearest;
}

/** In three domains of four dimensions each: three roots. */
export function leanestOfThree(points: Float64Array, c: Float64Array): Int32Array {
  const nearest = new Int32Array(points.length / WIDTH);
  for (let point = 0, at = 0; point < nearest.length; point++, at += WIDTH) {
    const x0 = points[at]!, x1 = points[at + 1]!, x2 = points[at + 2]!, x3 = points[at + 3]!;
    const x4 = points[at + 4]!, x5 = points[at + 5]!, x6 = points[at + 6]!, x7 = points[at + 7]!;
    const x8 = points[at + 8]!, x9 = points[at + 9]!, xa = points[at + 10]!, xb = points[at + 11]!;
    let [least, best] = [Infinity, 0];
    for (let prototype = 0, p = 0; p < c.length; prototype++, p += WIDTH) {
      const distance = rootOf(x0 - c[p]!, x1 - c[p + 1]!, x2 - c[p + 2]!, x3 - c[p + 3]!) +
        rootOf(x4 - c[p + 4]!, x5 - c[p + 5]!, x6 - c[p + 6]!, x7 - c[p + 7]!) +
        rootOf(x8 - c[p + 8]!, x9 - c[p + 9]!, xa - c[p + 10]!, xb - c[p + 11]!);
      if (distance < least) {
        least = distance;
        best = prototype;
      }
    }
    nearest[point] = best;
  }
  return nearest;
}

function rootOf(a: number, b: number, c: number, d: number): number {
  return Math.sqrt(a * a + b * b + (c * c + d * d));
}
