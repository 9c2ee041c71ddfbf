/** A concept, ready to be compared with points. */
import { type Concept, SENSITIVITY, THRESHOLD } from "./concept.ts";
import { SpaceInvalid } from "./error.ts";
import { Metric } from "./metric.ts";
import { requireSensitivity } from "./similarity.ts";
import { type Coordinates, dimensionsOf, pointOf, type Space, type Values } from "./space.ts";
import { MOST_WEIGHT, requireWeights, weightOf, type Weights } from "./weights.ts";

/** A concept whose definition was checked, with nothing left to be assumed. */
export interface CompiledConcept {
  readonly name: string;
  readonly metric: Metric;
  readonly prototypes: readonly Coordinates[];
  /** The same in units. */
  readonly values: readonly Values[];
  readonly sensitivity: number;
  readonly threshold: number;
}

/** Between these a distance is counted in similarities: beyond, weights would be too large or too small. */
const [LEAST_SCALE, MOST_SCALE] = [1e-6, 1e6];

/**
 * Checks concepts that are to be compared with each other, and compiles them. Distances in shares of a range and in
 * standard deviations are no distances of one kind: where some concepts are weighted and others whitened, each one's are
 * multiplied by its sensitivity, so that the nearest concept is the most similar one.
 *
 * @param context weights of what matters at the moment
 * @throws {SpaceInvalid} as {@linkcode compileConcept}
 */
export function compileConcepts(
  space: Space,
  concepts: readonly Concept[],
  context: Weights = {},
): CompiledConcept[] {
  const kinds = new Set(concepts.map(({ metric = "weighted" }) => metric));
  if (kinds.size < 2) return concepts.map((concept) => compileConcept(space, concept, context));
  return concepts.map((concept) => {
    const { sensitivity = SENSITIVITY } = concept;
    compileConcept(space, concept, context); // says what is wrong with it as it is
    const scale = Math.min(Math.max(sensitivity, LEAST_SCALE), MOST_SCALE);
    const scaled = space.domains.map(({ name }) => [
      name,
      Math.min(weightOf(context, name) * scale, MOST_WEIGHT),
    ]);
    const near = { ...concept, sensitivity: sensitivity / scale };
    return compileConcept(space, near, { ...context, ...Object.fromEntries(scaled) });
  });
}

/**
 * Checks a concept, and compiles it.
 *
 * @param context weights of what matters at the moment
 * @throws {SpaceInvalid} for one that makes no sense in the space, with the field below `concepts/NAME`
 */
export function compileConcept(
  space: Space,
  concept: Concept,
  context: Weights = {},
): CompiledConcept {
  const { name, weights = {}, covariance } = concept;
  const { sensitivity = SENSITIVITY, threshold = THRESHOLD } = concept;
  const field = `concepts/${name}`;
  requirePrototypes(space, concept, field);
  requireWeights(space, weights, `${field}/weights`);
  requireSensitivity(sensitivity, `${field}/sensitivity`);
  if (!(threshold > 0 && threshold <= 1)) {
    throw new SpaceInvalid(
      `${field}/threshold`,
      `${threshold} is none: say more than 0 and at most 1`,
    );
  }
  const isWhitened = concept.metric === "whitened";
  if (isWhitened && !covariance) {
    throw new SpaceInvalid(`${field}/covariance`, "it is missing, and whitened needs it");
  }
  const salience = salienceOf(space, concept);
  return {
    name,
    metric: below(
      field,
      () =>
        new Metric(space, { salience, context, ...(isWhitened && covariance && { covariance }) }),
    ),
    prototypes: concept.prototypes.map((prototype) => pointOf(space, prototype)),
    values: concept.prototypes,
    sensitivity,
    threshold,
  };
}

/** Its weights; 0 for dimensions that none of its prototypes has. */
function salienceOf(space: Space, { prototypes, weights }: Concept): Weights {
  const known = new Set(
    prototypes.flatMap((prototype) =>
      Object.keys(prototype).filter((name) => Number.isFinite(prototype[name]))
    ),
  );
  const absent = dimensionsOf(space).filter(({ name }) => !known.has(name));
  return { ...weights, ...Object.fromEntries(absent.map(({ name }) => [name, 0])) };
}

function requirePrototypes(space: Space, { prototypes }: Concept, field: string): void {
  if (prototypes.length === 0) {
    throw new SpaceInvalid(`${field}/prototypes`, "there is none: say one at least");
  }
  const names = dimensionsOf(space).map(({ name }) => name);
  for (const [at, prototype] of prototypes.entries()) {
    const values = Object.entries(prototype);
    for (const [name, value] of values) {
      const place = `${field}/prototypes/${at}/${name}`;
      if (!names.includes(name)) {
        throw new SpaceInvalid(
          place,
          `the space ${space.name} has no such dimension: it has ${names.join(", ")}`,
        );
      }
      if (value !== null && value !== undefined && !Number.isFinite(value)) {
        throw new SpaceInvalid(place, `${value} is no value: say a number, or null if not known`);
      }
    }
    if (!values.some(([, value]) => Number.isFinite(value))) {
      throw new SpaceInvalid(`${field}/prototypes/${at}`, "it knows no dimension: say a value");
    }
  }
}

/** Does something that throws SpaceInvalid with a field below another. */
function below<T>(field: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof SpaceInvalid)) throw error;
    throw new SpaceInvalid(`${field}/${error.field}`, error.reason);
  }
}
