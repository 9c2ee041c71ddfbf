/** Which axes matter, learned from what is nearest. */
import { type Norm, ROW_DISTANCE } from "./row_distance.ts";
import type { Rows } from "./rows.ts";

/** How often the weights are changed, and how far at first, in the logarithm of a weight. */
const ROUNDS = 30;
const STEP = 0.4;
/** How sharply near misses and near hits are told apart. */
const SLOPE = 6;
/** The least weight is e⁻⁶ of the greatest. */
const SPAN = 6;

/** For each row the place of one that is near it, and how far that is; −1 and Infinity where there is none. */
interface Near {
  readonly at: Int32Array;
  readonly distance: Float64Array;
}

/**
 * Weights of axes, 1 on average, with which rows are nearer to the nearest of their own class (the hit) than to the
 * nearest of another (the miss): they make the mean of 1/(1 + exp(−6·(h − m)/(h + m))) over the rows small, where h and m
 * are the distances of hit and miss, by its gradient (Hammer and Villmann, "Generalized relevance learning vector
 * quantization", Neural Networks 15, 2002; Gilad-Bachrach, Navot and Tishby, "Margin based feature selection", 2004).
 *
 * @param rows scaled, without gaps, about a thousand at most: it takes rows² × axes × 15 steps
 * @param classes a number for each row
 * @param norm of `city` they are weights of differences, of `euclid` of squared ones
 */
export function relevance(rows: Rows, classes: Int32Array, norm: Norm): Float64Array {
  const { width } = rows;
  let logarithms: Float64Array = new Float64Array(width);
  let best: Float64Array = new Float64Array(width).fill(1);
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const weights = normed(logarithms);
    const weighted = weigh(rows, weights, norm);
    const [hits, misses] = nearOf(weighted, classes, norm);
    const gradient = new Float64Array(width);
    let loss = 0;
    for (let at = 0; at < rows.count; at++) {
      const [hit, miss] = [hits.distance[at]!, misses.distance[at]!];
      // Who is alone in its class says nothing.
      if (hits.at[at]! < 0 || misses.at[at]! < 0) continue;
      const sum = hit + miss + 1e-9;
      const missed = 1 / (1 + Math.exp(-SLOPE * (hit - miss) / sum));
      loss += missed;
      const slope = missed * (1 - missed) / sum ** 2;
      add(gradient, slope * miss, weighted, at, hits.at[at]!, norm);
      add(gradient, -slope * hit, weighted, at, misses.at[at]!, norm);
    }
    if (loss < least) [best, least] = [weights, loss];
    logarithms = stepped(logarithms, gradient, STEP * (1 - round / ROUNDS));
  }
  return best;
}

/** Rows whose distances are those that weights make. */
export function weigh(rows: Rows, weights: Float64Array, norm: Norm): Rows {
  const factors = norm === "city" ? weights : weights.map(Math.sqrt);
  const { width } = rows;
  return { ...rows, values: rows.values.map((value, at) => value * factors[at % width]!) };
}

/** The nearest of each row's own class, and of the others. */
function nearOf(rows: Rows, classes: Int32Array, norm: Norm): [Near, Near] {
  const { values, width, count } = rows;
  const measure = ROW_DISTANCE[norm];
  const none = (): Near => ({
    at: new Int32Array(count).fill(-1),
    distance: new Float64Array(count).fill(Infinity),
  });
  const [hits, misses] = [none(), none()];
  for (let one = 0; one < count; one++) {
    for (let other = 0; other < one; other++) {
      const near = classes[one] === classes[other] ? hits : misses;
      const stop = Math.max(near.distance[one]!, near.distance[other]!);
      const distance = measure(values, one * width, values, other * width, width, stop);
      if (distance < near.distance[one]!) {
        near.distance[one] = distance;
        near.at[one] = other;
      }
      if (distance < near.distance[other]!) {
        near.distance[other] = distance;
        near.at[other] = one;
      }
    }
  }
  return [hits, misses];
}

/** Adds what two rows differ by on each axis. */
function add(
  into: Float64Array,
  factor: number,
  { values, width }: Rows,
  one: number,
  other: number,
  norm: Norm,
): void {
  for (let axis = 0; axis < width; axis++) {
    const way = values[one * width + axis]! - values[other * width + axis]!;
    into[axis]! += factor * (norm === "city" ? Math.abs(way) : way * way);
  }
}

/** A step down, without changing what all weights have in common. */
function stepped(logarithms: Float64Array, gradient: Float64Array, step: number): Float64Array {
  const mean = gradient.reduce((sum, own) => sum + own, 0) / gradient.length;
  const steepest = gradient.reduce((most, own) => Math.max(most, Math.abs(own - mean)), 1e-12);
  const next = logarithms.map((own, axis) => own - step * (gradient[axis]! - mean) / steepest);
  const greatest = next.reduce((most, own) => Math.max(most, own), -Infinity);
  return next.map((own) => Math.max(own, greatest - SPAN));
}

function normed(logarithms: Float64Array): Float64Array {
  const greatest = logarithms.reduce((most, own) => Math.max(most, own), -Infinity);
  const weights = logarithms.map((own) => Math.exp(own - greatest));
  const sum = weights.reduce((total, own) => total + own, 0);
  return weights.map((own) => own * weights.length / sum);
}
