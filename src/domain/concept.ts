/** Concepts of a conceptual space, and labels: DefineConcept → ConceptDefined; LabelResource → ResourceLabelled. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import Type from "typebox";
import type { Command } from "./command.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { aggregateIdOf } from "./aggregate_id.ts";
import { resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { Name, Text } from "./values.ts";

/** Weights lie between these, or are 0, as in a space: beyond, products of them are too large or small for a number. */
const LEAST_WEIGHT = 1e-15;
const MOST_WEIGHT = 1e15;
/** Of a dimension's variance this share at least is its own, and its deviation is 10⁻¹² of its range, as in a space. */
const LEAST_OWN = 1e-12;
const LEAST_VARIANCE = 1e-24;

const closed = { additionalProperties: false };

/** A quality dimension: `performance.cpu`. */
const Dimension = Type.String({ pattern: "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$", maxLength: 255 });
const Sequence = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** How the members of a concept vary: a matrix over coordinates, which go from 0 to 1 over a dimension's range. */
const Covariance = Type.Object({
  dimensions: Type.Array(Dimension, { minItems: 1, maxItems: 100 }),
  rows: Type.Array(Type.Array(Type.Number()), { minItems: 1, maxItems: 100 }),
}, closed);

/**
 * The data of DefineConcept. A prototype is a point: a value for each dimension that it knows, in the dimension's
 * unit. `metric` is how distance is measured inside a domain: with weights, or whitened by the covariance that was
 * learned (`covariance`); `sensitivity` is c of similarity = exp(−c·d), and a resource at or above `threshold` belongs to the concept.
 */
export const DefineConcept = Type.Object({
  space: Name,
  name: Name,
  prototypes: Type.Array(Type.Record(Dimension, Type.Number(), { minProperties: 1, ...closed }), {
    minItems: 1,
    maxItems: 1000,
  }),
  metric: Type.Optional(Type.Enum(["weighted", "whitened"])),
  weights: Type.Optional(Type.Record(Dimension, Type.Number({ minimum: 0 }), closed)),
  covariance: Type.Optional(Covariance),
  sensitivity: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  threshold: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  learned_from: Type.Optional(Type.Object({
    first_sequence: Sequence,
    last_sequence: Sequence,
    method: Name,
  }, closed)),
}, closed);
/** {@linkcode DefineConcept} as a type. */
export type DefineConcept = Type.Static<typeof DefineConcept>;

/** The data of LabelResource: somebody says which concept of a space a resource belongs to. */
export const LabelResource = Type.Object({
  compute: Name,
  space: Name,
  concept: Name,
  note: Type.Optional(Text),
}, closed);
/** {@linkcode LabelResource} as a type. */
export type LabelResource = Type.Static<typeof LabelResource>;

/** The data of ConceptDefined. */
export const ConceptState = DefineConcept;
/** {@linkcode ConceptState} as a type. */
export type ConceptState = DefineConcept;

/** The data of ResourceLabelled; `compute` is an aggregate id. */
export const LabelState = LabelResource;
/** {@linkcode LabelState} as a type. */
export type LabelState = LabelResource;

/**
 * Decides DefineConcept, which says everything anew. A concept is told from others by its space and name. What only the
 * space knows is not asked here: whether there is one of that name, and which dimensions it has. Who perceives passes
 * over what makes no sense there, and says so.
 */
export function defineConcept(
  inventory: InventoryView,
  { data }: Command<"DefineConcept">,
): Decision {
  const known = new Set(data.prototypes.flatMap((prototype) => Object.keys(prototype)));
  const requireKnown = (dimension: string, field: string) => {
    if (known.has(dimension)) return;
    throw new Refusal(
      "invalid",
      field,
      `${field}: no prototype has the dimension ${quote(dimension)}`,
    );
  };
  requireTrimmed(data.name, "name");
  for (const [dimension, weight] of Object.entries(data.weights ?? {})) {
    const field = `weights/${dimension}`;
    requireKnown(dimension, field);
    if (weight === 0 || (weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) continue;
    throw new Refusal(
      "invalid",
      field,
      `${field}: ${weight} is no weight: say 0, or from ${LEAST_WEIGHT} to ${MOST_WEIGHT}`,
    );
  }
  for (const [at, dimension] of (data.covariance?.dimensions ?? []).entries()) {
    const field = `covariance/dimensions/${at}`;
    requireKnown(dimension, field);
    // No schema says so: a validator that looks for equal items goes down into whatever is given for one.
    if (data.covariance!.dimensions.indexOf(dimension) < at) {
      throw new Refusal("invalid", field, `${field}: ${quote(dimension)} is there twice`);
    }
  }
  requireCovariance(data);
  const { first_sequence: first = 1, last_sequence: last = 1 } = data.learned_from ?? {};
  if (last < first) {
    throw new Refusal(
      "invalid",
      "learned_from/last_sequence",
      `learned_from/last_sequence: ${last} lies before the first, ${first}`,
    );
  }
  return stateDecision(inventory, "concept", {
    event_type: "ConceptDefined",
    aggregate_id: aggregateIdOf("concept", data.space, data.name),
    data,
  });
}

/** Nobody sees a space at the end of a name: two concepts would look the same. */
function requireTrimmed(name: string, field: string): void {
  if (name === name.trim()) return;
  throw new Refusal(
    "invalid",
    field,
    `${field}: ${quote(name)} begins or ends with a space: leave it out`,
  );
}

/** Distance in standard deviations needs to know them: a matrix that has an inverse, and makes no distance negative. */
function requireCovariance({ metric, covariance }: DefineConcept): void {
  const refusal = (field: string, why: string) => new Refusal("invalid", field, `${field}: ${why}`);
  if (!covariance) {
    if (metric === "whitened") throw refusal("covariance", "it is missing, and whitened needs it");
    return;
  }
  if (metric !== "whitened") {
    throw refusal("metric", 'a covariance is of no use for "weighted": say "whitened"');
  }
  const { dimensions: { length: size }, rows } = covariance;
  if (rows.length !== size || rows.some((row) => row.length !== size)) {
    throw refusal("covariance/rows", `say ${size} rows of ${size} numbers, one for each dimension`);
  }
  const matrix = new Matrix(rows);
  const cholesky = matrix.isSymmetric() ? new CholeskyDecomposition(matrix) : undefined;
  if (!cholesky?.isPositiveDefinite()) {
    throw refusal(
      "covariance/rows",
      "they are no covariance: it is symmetric and positive definite",
    );
  }
  for (const [at, own] of cholesky.lowerTriangularMatrix.diagonal().entries()) {
    const variance = matrix.get(at, at);
    if (variance >= LEAST_VARIANCE && own ** 2 > LEAST_OWN * variance) continue;
    throw refusal(
      `covariance/rows/${at}`,
      variance < LEAST_VARIANCE
        ? `a variance of ${variance} is too little: say ${LEAST_VARIANCE} or more`
        : "it varies only together with the dimensions before it, but for rounding",
    );
  }
}

/**
 * Decides LabelResource. A resource has one label in each space, and the newest counts. The concept need not be
 * defined in the log: the project brings concepts of its own.
 */
export function labelResource(
  inventory: InventoryView,
  { data }: Command<"LabelResource">,
): Decision {
  requireTrimmed(data.concept, "concept");
  const compute = resolveCompute(inventory, data.compute, "compute");
  return stateDecision(inventory, "label", {
    event_type: "ResourceLabelled",
    aggregate_id: aggregateIdOf("label", compute, data.space),
    data: { ...data, compute },
  });
}
