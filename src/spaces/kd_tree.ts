/** A k-d tree over embedded points (Bentley, "Multidimensional binary search trees", 1975). */
import type { Embedding } from "./embedding.ts";
import { halve } from "./halve.ts";

/** So many points at most are measured one by one. */
const LEAF = 24;

/** Is told each point that is near, in no order, and says how far away near is from then on. */
export type Found = (number: number, distance: number) => number;

/**
 * Points in a tree. A box of points is halved at the median of the coordinate that is spread the widest, until few are
 * left. A box cannot hold what is near if the box itself is too far: its distance is made like that of a point, domain
 * by domain, of how far the query is outside of it on each coordinate; on a circle, the shorter way.
 *
 * | | costs |
 * | --- | --- |
 * | to build | O(n log n) |
 * | to search | O(log n) where points are clustered, O(n) at worst |
 */
export class KdTree {
  readonly #width: number;
  readonly #blocks: Embedding["blocks"];
  readonly #periods: Float64Array;
  readonly #isCircular: boolean;
  /** By block: after its last coordinate. */
  readonly #ends: Int32Array;
  /** By coordinate: its block. */
  readonly #blockOf: Int32Array;
  /** The numbers of the points in the order of the leaves, and their coordinates in that order. */
  readonly #numbers: Int32Array;
  readonly #points: Float64Array;
  /** By node, the children of which are 2n + 1 and 2n + 2: the coordinate its parent halves, and its ends there. */
  readonly #axes: Int32Array;
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;
  /** Of the search that is going on. */
  #query: Float64Array;
  #limit = 0;
  #found: Found = Number;
  readonly #offsets: Float64Array;
  readonly #squares: Float64Array;

  /**
   * @param points laid out by the embedding, one after the other
   * @param numbers what to call them
   */
  constructor(embedding: Embedding, points: Float64Array, numbers: Int32Array) {
    const { width, blocks, periods, isCircular } = embedding;
    this.#width = width;
    this.#blocks = blocks;
    this.#periods = periods;
    this.#isCircular = isCircular;
    this.#ends = Int32Array.from(blocks, ({ start, size }) => start + size);
    this.#blockOf = new Int32Array(width);
    for (const [at, { start, size }] of blocks.entries()) {
      this.#blockOf.fill(at, start, start + size);
    }
    this.#query = new Float64Array(width);
    this.#offsets = new Float64Array(width);
    this.#squares = new Float64Array(blocks.length);
    const nodes = 2 ** (Math.ceil(Math.log2(Math.max(1, numbers.length / LEAF))) + 1);
    this.#axes = new Int32Array(nodes);
    this.#lows = new Float64Array(nodes);
    this.#highs = new Float64Array(nodes);
    const order = Int32Array.from(numbers.keys());
    this.#grow(points, order, 0, 0, order.length);
    this.#numbers = order.map((at) => numbers[at]!);
    this.#points = new Float64Array(points.length);
    for (const [to, at] of order.entries()) {
      this.#points.set(points.subarray(at * width, (at + 1) * width), to * width);
    }
  }

  /**
   * Finds what is near.
   *
   * @param query laid out by the same embedding
   * @param limit the greatest distance that is looked for
   */
  search(query: Float64Array, limit: number, found: Found): void {
    this.#query = query;
    this.#limit = limit;
    this.#found = found;
    this.#offsets.fill(0);
    this.#squares.fill(0);
    this.#visit(0, 0, this.#numbers.length);
  }

  #grow(points: Float64Array, order: Int32Array, node: number, from: number, to: number): void {
    if (to - from <= LEAF) return;
    const width = this.#width;
    const lows = new Float64Array(width).fill(Infinity);
    const highs = new Float64Array(width).fill(-Infinity);
    for (let at = from; at < to; at++) {
      for (let axis = 0, place = order[at]! * width; axis < width; axis++, place++) {
        const value = points[place]!;
        if (value < lows[axis]!) lows[axis] = value;
        if (value > highs[axis]!) highs[axis] = value;
      }
    }
    let widest = 0;
    for (let axis = 1; axis < width; axis++) {
      if (highs[axis]! - lows[axis]! > highs[widest]! - lows[widest]!) widest = axis;
    }
    const middle = (from + to) >>> 1;
    const valueOf = (number: number) => points[number * width + widest]!;
    halve(order, from, to, valueOf);
    for (const [child, begin, end] of [[2 * node + 1, from, middle], [2 * node + 2, middle, to]]) {
      this.#axes[child!] = widest;
      let [low, high] = [Infinity, -Infinity];
      for (let at = begin!; at < end!; at++) {
        const value = valueOf(order[at]!);
        if (value < low) low = value;
        if (value > high) high = value;
      }
      this.#lows[child!] = low;
      this.#highs[child!] = high;
      this.#grow(points, order, child!, begin!, end!);
    }
  }

  #visit(node: number, from: number, to: number): void {
    if (to - from <= LEAF) {
      for (let at = from; at < to; at++) {
        const distance = this.#isCircular ? this.#around(at) : this.#straight(at);
        if (distance <= this.#limit) this.#limit = this.#found(this.#numbers[at]!, distance);
      }
      return;
    }
    const middle = (from + to) >>> 1;
    const left = 2 * node + 1;
    const right = left + 1;
    const toLeft = this.#outside(left);
    const toRight = this.#outside(right);
    if (toLeft <= toRight) {
      this.#enter(left, from, middle, toLeft);
      this.#enter(right, middle, to, toRight);
    } else {
      this.#enter(right, middle, to, toRight);
      this.#enter(left, from, middle, toLeft);
    }
  }

  /** Visits a child that is so far from the query on its axis, if it can hold anything. */
  #enter(node: number, from: number, to: number, outside: number): void {
    const axis = this.#axes[node]!;
    const before = this.#offsets[axis]!;
    if (outside <= before) return this.#visit(node, from, to);
    const block = this.#blockOf[axis]!;
    const square = this.#squares[block]!;
    this.#offsets[axis] = outside;
    this.#squares[block] = square - before * before + outside * outside;
    let distance = 0;
    for (let at = 0; at < this.#squares.length; at++) distance += Math.sqrt(this.#squares[at]!);
    if (distance <= this.#limit) this.#visit(node, from, to);
    this.#offsets[axis] = before;
    this.#squares[block] = square;
  }

  /** How far the query is outside of a node on the axis that its parent halves. */
  #outside(node: number): number {
    const axis = this.#axes[node]!;
    const value = this.#query[axis]!;
    const low = this.#lows[node]!;
    const high = this.#highs[node]!;
    if (value >= low && value <= high) return 0;
    const way = value < low ? low - value : value - high;
    const period = this.#periods[axis]!;
    if (period === Infinity) return way;
    const around = period - (high - low) - way;
    return Math.max(0, Math.min(way, around));
  }

  /** The distance of a point to the query; Infinity as soon as it is known to be over the limit. */
  #straight(at: number): number {
    const points = this.#points, query = this.#query, ends = this.#ends;
    const square = this.#limit * this.#limit;
    let sum = 0;
    for (let of = 0, place = at * this.#width, axis = 0; of < ends.length; of++) {
      const end = ends[of]!;
      let even = 0, odd = 0; // two sums at a time do not wait for each other
      for (; axis + 3 < end; axis += 4, place += 4) {
        const a = points[place]! - query[axis]!;
        const b = points[place + 1]! - query[axis + 1]!;
        const c = points[place + 2]! - query[axis + 2]!;
        const d = points[place + 3]! - query[axis + 3]!;
        even += a * a + c * c;
        odd += b * b + d * d;
        if (even + odd > square) return Infinity;
      }
      for (; axis < end; axis++, place++) odd += (points[place]! - query[axis]!) ** 2;
      sum += Math.sqrt(even + odd);
    }
    return sum;
  }

  /** The same where some dimensions are circular. */
  #around(at: number): number {
    const from = at * this.#width;
    let sum = 0;
    for (const { start, size } of this.#blocks) {
      let square = 0;
      for (let axis = start; axis < start + size; axis++) {
        const way = this.#points[from + axis]! - this.#query[axis]!;
        const period = this.#periods[axis]!;
        const shorter = period < Infinity ? way - period * Math.round(way / period) : way;
        square += shorter * shorter;
      }
      sum += Math.sqrt(square);
    }
    return sum;
  }
}
