/** How fast the geometry is: the nearest of some prototypes for many points, and the nearest points of one. */
import process from "node:process";
import { Metric } from "../../src/spaces/metric.ts";
import { PrototypeSet } from "../../src/spaces/nearest_prototype.ts";
import { type Neighbour, Neighbours } from "../../src/spaces/neighbours.ts";
import type { Coordinates, Space } from "../../src/spaces/space.ts";
import { bareKdTree } from "./bare_kd_tree.ts";
import { leanest, leanestOfThree, WIDTH } from "./leanest_kernel.ts";
import { type Measure, median } from "./measure.ts";

const POINTS = 1_000_000;
const PROTOTYPES = 30;
const CONCEPTS = 10;
const NEIGHBOURS_OF = 100_000;
const COUNT = 10;
const QUERIES = 1_000;
const ROUNDS = 7;
const SEED = 20261128;

/** The nearest of 30 prototypes for a million points, and the ten nearest of a hundred thousand. */
export function spaces(): Promise<Measure[]> {
  const random = randomNumbers(SEED);
  return Promise.resolve([
    nearestPrototype(random, [WIDTH], leanest),
    nearestPrototype(random, [4, 4, 4], leanestOfThree),
    neighbours("clustered", clustered(random)),
    neighbours("uniform", () => Float64Array.from({ length: WIDTH }, random)),
  ]);
}

function nearestPrototype(
  random: () => number,
  domains: readonly number[],
  lean: typeof leanest,
): Measure {
  const points = Float64Array.from({ length: POINTS * WIDTH }, random);
  const prototypes = Float64Array.from({ length: PROTOTYPES * WIDTH }, random);
  const metric = new Metric(spaceOf(domains));
  const set = new PrototypeSet(Array.from({ length: PROTOTYPES }, (_, at) => (
    { concept: at % CONCEPTS, metric, point: prototypes.slice(at * WIDTH, (at + 1) * WIDTH) }
  )));
  let [ours, theirs]: [Int32Array, Int32Array] = [new Int32Array(), new Int32Array()];
  const times = inRounds(
    () => ours = set.nearest(points).prototype,
    () => theirs = lean(points, prototypes),
  );
  if (ours.some((prototype, at) => prototype !== theirs[at])) throw new Error("they differ");
  return {
    name: `nearest of ${PROTOTYPES} prototypes for ${POINTS} points of ${WIDTH} dimensions in ` +
      `${domains.length} domains, with its distance and the runner-up's`,
    baseline: "the leanest kernel of this metric in TypeScript, which says which one it is",
    ours: `${times.ours.toFixed(0)} ms of processor time`,
    theirs: `${times.theirs.toFixed(0)} ms`,
    ratio: times.ratio,
    atMost: 1.5,
  };
}

function neighbours(kind: string, point: () => Coordinates): Measure {
  const points = Array.from({ length: NEIGHBOURS_OF }, point);
  const queries = Array.from({ length: QUERIES }, point);
  const all = new Float64Array(NEIGHBOURS_OF * WIDTH);
  for (const [at, one] of points.entries()) all.set(one, at * WIDTH);
  const tree = new Neighbours(new Metric(spaceOf([WIDTH])), points);
  const bare = bareKdTree(all, WIDTH);
  let [ours, theirs]: [Neighbour[][], Neighbour[][]] = [[], []];
  const times = inRounds(
    () => ours = queries.map((query) => tree.nearest(query, COUNT)),
    () => theirs = queries.map((query) => bare(query, COUNT)),
  );
  const places = (found: Neighbour[][]) => found.flat().map(({ index }) => index).join();
  if (places(ours) !== places(theirs)) throw new Error("they differ");
  const microseconds = (milliseconds: number) =>
    `${(milliseconds / QUERIES * 1000).toFixed(0)} µs a query`;
  return {
    name: `${COUNT} nearest of ${NEIGHBOURS_OF} points of ${WIDTH} dimensions, ${kind}`,
    baseline: "a bare k-d tree in TypeScript",
    ours: microseconds(times.ours),
    theirs: microseconds(times.theirs),
    ratio: times.ratio,
    atMost: 2,
  };
}

/** Turn by turn, so that what else the machine does befalls both: the medians, in milliseconds of processor time. */
function inRounds(ours: () => unknown, theirs: () => unknown) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const one = processorTime(theirs);
    const two = processorTime(ours);
    return { theirs: one, ours: two };
  }).slice(1); // in the first one the code is compiled
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    theirs: median(rounds.map(({ theirs }) => theirs)),
    ratio: median(rounds.map(({ ours, theirs }) => ours / theirs)),
  };
}

function processorTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A hundred clusters, each a twentieth of a dimension's range wide. */
function clustered(random: () => number): () => Coordinates {
  const centres = Array.from(
    { length: 100 },
    () => Float64Array.from({ length: WIDTH }, random),
  );
  return () => {
    const centre = centres[Math.floor(random() * centres.length)]!;
    return centre.map((at) => at + 0.1 * (random() + random() + random() - 1.5));
  };
}

function spaceOf(domains: readonly number[]): Space {
  return {
    name: "bench",
    domains: domains.map((size, domain) => ({
      name: `d${domain}`,
      dimensions: Array.from({ length: size }, (_, at) => (
        { name: `d${domain}.x${at}`, unit: "1", scale: "linear", range: [0, 1] }
      )),
    })),
  };
}

/** Numbers from 0 to 1 by a seed (Marsaglia, "Xorshift RNGs", 2003). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
