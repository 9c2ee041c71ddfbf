/** Tells what things are, by a space's concepts. */
import { type Classification, CLEAR, type Deciding, type Likeness } from "./classification.ts";
import { collatedDegrees } from "./collated.ts";
import { compileConcepts, type CompiledConcept } from "./compiled_concept.ts";
import type { Concept } from "./concept.ts";
import { type Context, requireContext } from "./context.ts";
import { type Dimension, valueAt } from "./dimension.ts";
import { SpaceInvalid } from "./error.ts";
import { similarity } from "./similarity.ts";
import { type Coordinates, dimensionsOf, requirePoint, requireSpace, type Space } from "./space.ts";

/** How a {@linkcode Classifier} sees things. */
export interface ClassifierOptions {
  /** What matters at the moment; everything alike without it. */
  readonly context?: Context;
}

/** A thing and one concept. */
interface Seen {
  concept: CompiledConcept;
  /** Its prototypes' distances. */
  distances: readonly number[];
  /** The place of the nearest; −1 where no distance is known. */
  prototype: number;
  /** From that one; infinite where no distance is known. */
  distance: number;
  known: number;
}

/**
 * A space and its concepts, compiled: a thing is of the concept that has the nearest prototype, if it is near enough
 * (Gärdenfors, 2000, chapter 3). Of two that are as near the one that was given first counts. Where some concepts are
 * weighted and others whitened, what is most similar is nearest, and distances are −ln of similarity.
 *
 * @example
 * ```ts
 * import { Classifier, pointOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "host", domains: [{ name: "load", dimensions }] };
 * const classifier = new Classifier(space, [
 *   { name: "idle", prototypes: [{ "load.cpu": 0, "load.memory": 0.25 }] },
 *   { name: "busy", prototypes: [{ "load.cpu": 0.75, "load.memory": 0.25 }] },
 * ]);
 * const { concept, status, runnerUp, margin, deciding } = classifier.classify(
 *   pointOf(space, { "load.cpu": 0.625, "load.memory": 0.25 }),
 * );
 * deepStrictEqual([concept, status, runnerUp, margin], ["busy", "member", "idle", 2 / 3]);
 * deepStrictEqual(deciding[0], {
 *   dimension: "load.cpu",
 *   unit: "1",
 *   value: 0.625,
 *   winner: 0.75,
 *   runnerUp: 0,
 *   speaks: 0.5,
 * });
 * ```
 */
export class Classifier {
  readonly #dimensions: readonly Dimension[];
  readonly #concepts: readonly CompiledConcept[];

  /**
   * @param concepts none at all is no fault: then everything is unknown
   * @throws {SpaceInvalid} for a space, a concept or a context that makes no sense
   */
  constructor(
    readonly space: Space,
    readonly concepts: readonly Concept[],
    { context }: ClassifierOptions = {},
  ) {
    requireSpace(space);
    if (context) requireContext(space, context);
    const names = new Set<string>();
    for (const { name } of concepts) {
      if (names.has(name)) {
        throw new SpaceInvalid(`concepts/${name}`, "it is there twice: rename one");
      }
      names.add(name);
    }
    this.#dimensions = dimensionsOf(space);
    this.#concepts = compileConcepts(space, concepts, context?.weights);
  }

  /**
   * What a thing is, given its point in the space. For points of twelve dimensions it takes 0.1 ms with thirty concepts of
   * five prototypes, and 2 ms with a thousand.
   *
   * @throws {SpaceInvalid} for a point of another space, by the number of its coordinates
   */
  classify(point: Coordinates): Classification {
    requirePoint(this.space, point);
    const seen = this.#concepts.map((concept) => see(concept, point));
    const degrees = collatedDegrees(seen.map(({ distances }) => distances));
    const all = seen.map((one, at) => likeness(one, degrees[at]!));
    const first = nearest(seen, -1);
    if (first < 0) return { ...NOTHING_KNOWN, all };
    const second = nearest(seen, first);
    const { concept, distance, prototype, known, membership, degree, isNear } = all[first]!;
    const status = !all.some(({ isNear }) => isNear)
      ? "unknown"
      : isNear && degree >= CLEAR
      ? "member"
      : "borderline";
    return {
      ...{ concept, status, membership, degree, distance, prototype, known },
      runnerUp: all[second]?.concept ?? null,
      margin: marginOf(seen[first]!.distance, seen[second]?.distance),
      deciding: this.#deciding(point, seen[first]!, seen[second]),
      all,
    };
  }

  #deciding(point: Coordinates, winner: Seen, runnerUp: Seen | undefined): Deciding[] {
    const [near, far] = [sharesOf(winner, point), runnerUp && sharesOf(runnerUp, point)];
    const valueOf = (seen: Seen | undefined, dimension: string) => {
      const values = seen?.concept.values[seen.prototype] ?? {};
      return Object.hasOwn(values, dimension) ? values[dimension] ?? null : null;
    };
    return this.#dimensions.flatMap((dimension, at): Deciding[] => {
      const { name, unit } = dimension;
      const [own, other] = [near[at]!, far?.[at] ?? NaN];
      if (Number.isNaN(own) && Number.isNaN(other)) return [];
      return [{
        dimension: name,
        unit,
        value: valueAt(dimension, point[at]!),
        winner: valueOf(winner, name),
        runnerUp: valueOf(runnerUp, name),
        speaks: (other || 0) - (own || 0),
      }];
    }).sort((a, b) => b.speaks - a.speaks);
  }
}

const NOTHING_KNOWN = {
  concept: null,
  status: "unknown",
  membership: 0,
  degree: 0,
  distance: null,
  prototype: null,
  known: 0,
  runnerUp: null,
  margin: 0,
  deciding: [],
} as const;

function see(concept: CompiledConcept, point: Coordinates): Seen {
  const { metric, prototypes } = concept;
  const distances = prototypes.map((prototype) => metric.distance(point, prototype));
  let [prototype, distance] = [-1, Infinity];
  for (let at = 0; at < distances.length; at++) {
    if (distances[at]! < distance) [prototype, distance] = [at, distances[at]!];
  }
  const known = prototype < 0 ? 0 : metric.measure(point, prototypes[prototype]!).known;
  return { concept, distances, prototype, distance, known };
}

/** The place of the nearest concept but one; −1 where there is none. */
function nearest(seen: readonly Seen[], except: number): number {
  let [nearest, least] = [-1, Infinity];
  for (let at = 0; at < seen.length; at++) {
    const { distance } = seen[at]!;
    if (at !== except && distance < least) [nearest, least] = [at, distance];
  }
  return nearest;
}

function likeness({ concept, prototype, distance, known }: Seen, degree: number): Likeness {
  const isKnown = prototype >= 0;
  const membership = isKnown ? similarity(distance, concept.sensitivity) : 0;
  return {
    concept: concept.name,
    distance: isKnown ? distance : null,
    prototype: isKnown ? prototype : null,
    known,
    membership,
    degree,
    isNear: isKnown && membership >= concept.threshold,
  };
}

function marginOf(nearest: number, next: number | undefined): number {
  if (next === undefined) return 1;
  return next === nearest ? 0 : (next - nearest) / (next + nearest);
}

function sharesOf({ concept, prototype }: Seen, point: Coordinates): Float64Array {
  return concept.metric.shares(point, concept.prototypes[prototype]!);
}
