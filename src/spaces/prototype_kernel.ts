/** Distances of many points to many prototypes, where points know the same dimensions. */
import { Embedding } from "./embedding.ts";
import type { Metric } from "./metric.ts";
import type { Prototype } from "./prototype.ts";
import { atMost, GREATEST } from "./rounding.ts";

/** So many coordinates of a point are held in variables while they are compared with every prototype's. */
const CHUNK = 4;

/** Prototypes that are laid out in the same way. */
interface Group {
  embedding: Embedding;
  /** Where its distances begin among all. */
  slot: number;
  size: number;
  /** Block by block, chunk by chunk, prototype by prototype: the embedded coordinates, with 0 where a chunk is not full. */
  chunks: Float64Array;
  /** A pair of points, laid out. */
  laid: Float64Array;
}

/** Where {@linkcode PrototypeKernel.run} writes, by the number of the point. */
export interface NearestColumns {
  readonly prototype: Int32Array;
  readonly distance: Float64Array;
  readonly runnerUp: Float64Array;
}

/**
 * The nearest prototypes by differences in an embedding: squares are added up over chunks of four coordinates, of two
 * points at a time, so that what is read of a prototype is used twice and the sums of all prototypes are made side by
 * side. Differences, and not x·c − ½‖c‖², which is no faster here, and has no digit left where points are near.
 */
export class PrototypeKernel {
  readonly #width: number;
  readonly #groups: Group[] = [];
  /** By slot: the place of a prototype, and its concept. */
  readonly #places: Int32Array;
  readonly #concepts: Int32Array;
  /** By slot, of one point of a pair and of the other: the squares of a block, and the sums of their roots. */
  readonly #squares: Float64Array;
  readonly #sums: Float64Array;
  /** Of one block each: then the least square is of the nearest, and one root is enough. */
  readonly #isEuclidean: boolean;
  readonly #isOfOneConcept: boolean;
  /** How far from the origin prototypes are, laid out, at most. */
  #magnitude = 0;

  private constructor(prototypes: readonly Prototype[], groups: Map<Embedding, number[]>) {
    this.#width = prototypes[0]!.point.length;
    const places = [...groups.values()].flat();
    this.#places = Int32Array.from(places);
    this.#concepts = Int32Array.from(places, (place) => prototypes[place]!.concept);
    this.#isOfOneConcept = new Set(this.#concepts).size === 1;
    this.#isEuclidean = [...groups.keys()].every(({ blocks }) => blocks.length === 1);
    this.#squares = new Float64Array(2 * places.length);
    this.#sums = this.#isEuclidean ? this.#squares : new Float64Array(2 * places.length);
    let slot = 0;
    for (const [embedding, members] of groups) {
      const laid = new Float64Array(members.length * embedding.width);
      for (const [at, member] of members.entries()) {
        const { point } = prototypes[member]!;
        embedding.lay(point, 0, laid, at * embedding.width);
        this.#magnitude = Math.max(this.#magnitude, embedding.reach(point));
      }
      this.#groups.push({
        embedding,
        slot,
        size: members.length,
        chunks: chunksOf(embedding, laid, members.length),
        laid: new Float64Array(2 * embedding.width),
      });
      slot += members.length;
    }
  }

  /**
   * The kernel for points that know some dimensions.
   *
   * @returns undefined where a circular dimension matters, a prototype is enormous, or no distance is known
   */
  static of(
    prototypes: readonly Prototype[],
    isKnown: (at: number) => boolean,
  ): PrototypeKernel | undefined {
    const embeddings = new Map<Metric, Map<string, Embedding | undefined>>();
    const same = new Map<string, Embedding>();
    const groups = new Map<Embedding, number[]>();
    for (const [place, { metric, point }] of prototypes.entries()) {
      if (point.some((value) => Math.abs(value) > GREATEST)) return undefined;
      const known = [...point.keys()].filter((at) => isKnown(at) && !Number.isNaN(point[at]!));
      const own = embeddings.get(metric) ?? new Map<string, Embedding | undefined>();
      embeddings.set(metric, own);
      const mask = known.join();
      if (!own.has(mask)) own.set(mask, Embedding.of(metric, (at) => known.includes(at)));
      const made = own.get(mask);
      if (!made) continue; // no distance is known
      if (made.isCircular) return undefined;
      const embedding = same.get(made.key) ?? made;
      same.set(made.key, embedding);
      const group = groups.get(embedding);
      if (group) group.push(place);
      else groups.set(embedding, [place]);
    }
    return groups.size > 0 ? new PrototypeKernel(prototypes, groups) : undefined;
  }

  /**
   * The nearest prototypes of some points.
   *
   * @param points row by row
   * @param numbers which of them
   * @returns the numbers of those that it leaves open: it is so close there that rounding decides
   */
  run(points: Float64Array, numbers: Int32Array, into: NearestColumns): number[] {
    const open: number[] = [];
    for (let at = 0; at < numbers.length; at += 2) {
      const count = Math.min(2, numbers.length - at);
      for (const group of this.#groups) {
        const { embedding, laid } = group;
        for (let of = 0; of < count; of++) {
          embedding.lay(points, numbers[at + of]! * this.#width, laid, of * embedding.width);
        }
        this.#measure(group);
      }
      for (let of = 0; of < count; of++) {
        if (!this.#choose(of, numbers[at + of]!, into)) open.push(numbers[at + of]!);
      }
      this.#sums.fill(0);
    }
    return open;
  }

  /** Adds the distances of the pair that is laid out to a group's prototypes. */
  #measure({ embedding, slot, size, chunks, laid }: Group): void {
    const [squares, sums] = [this.#squares, this.#sums];
    const [begin, end] = [2 * slot, 2 * (slot + size)];
    let at = 0;
    for (const block of embedding.blocks) {
      for (let done = 0; done < block.size; done += CHUNK) {
        const x = block.start + done;
        const y = embedding.width + x;
        const left = block.size - done;
        const isRoot = left <= CHUNK && !this.#isEuclidean;
        const x0 = laid[x]!, y0 = laid[y]!;
        const x1 = left > 1 ? laid[x + 1]! : 0, y1 = left > 1 ? laid[y + 1]! : 0;
        const x2 = left > 2 ? laid[x + 2]! : 0, y2 = left > 2 ? laid[y + 2]! : 0;
        const x3 = left > 3 ? laid[x + 3]! : 0, y3 = left > 3 ? laid[y + 3]! : 0;
        for (let to = begin; to < end; to += 2, at += CHUNK) {
          const c0 = chunks[at]!, c1 = chunks[at + 1]!, c2 = chunks[at + 2]!, c3 = chunks[at + 3]!;
          const u0 = x0 - c0, u1 = x1 - c1, u2 = x2 - c2, u3 = x3 - c3;
          const v0 = y0 - c0, v1 = y1 - c1, v2 = y2 - c2, v3 = y3 - c3;
          const one = squares[to]! + ((u0 * u0 + u1 * u1) + (u2 * u2 + u3 * u3));
          const two = squares[to + 1]! + ((v0 * v0 + v1 * v1) + (v2 * v2 + v3 * v3));
          squares[to] = isRoot ? 0 : one;
          squares[to + 1] = isRoot ? 0 : two;
          if (!isRoot) continue;
          sums[to]! += Math.sqrt(one);
          sums[to + 1]! += Math.sqrt(two);
        }
      }
    }
  }

  /** The nearest to one point of a pair. @returns whether it is nearest whatever the rounding */
  #choose(of: number, number: number, into: NearestColumns): boolean {
    const [sums, concepts] = [this.#sums, this.#concepts];
    let nearest = -1, least = Infinity, before = Infinity, last = -1;
    for (let slot = 0, at = of; at < sums.length; slot++, at += 2) {
      const sum = sums[at]!;
      if (sum < least) {
        [before, last] = [least, nearest];
        [least, nearest] = [sum, slot];
      }
    }
    // What was the least before is a bound that few others come under.
    const concept = concepts[nearest];
    let next = before;
    let another = last >= 0 && concepts[last] !== concept ? before : Infinity;
    for (let slot = 0, at = of; at < sums.length; slot++, at += 2) {
      const sum = sums[at]!;
      if (!(sum < another) || slot === nearest) continue;
      if (sum < next) next = sum;
      if (concepts[slot] !== concept) another = sum;
    }
    if (this.#isEuclidean) {
      [least, next, another] = [Math.sqrt(least), Math.sqrt(next), Math.sqrt(another)];
    }
    if (nearest < 0 || next <= atMost(least, this.#magnitude)) return false;
    into.prototype[number] = this.#places[nearest]!;
    into.distance[number] = least;
    into.runnerUp[number] = this.#isOfOneConcept ? NaN : another;
    return true;
  }
}

function chunksOf({ blocks, width }: Embedding, laid: Float64Array, size: number): Float64Array {
  const chunks: number[] = [];
  for (const block of blocks) {
    for (let done = 0; done < block.size; done += CHUNK) {
      for (let member = 0; member < size; member++) {
        for (let at = done; at < done + CHUNK; at++) {
          chunks.push(at < block.size ? laid[member * width + block.start + at]! : 0);
        }
      }
    }
  }
  return Float64Array.from(chunks);
}
