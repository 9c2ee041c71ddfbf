/** The concepts of a space as they are known to a model, and the labels. */
import { Classifier } from "../spaces/classifier.ts";
import type { Concept } from "../spaces/concept.ts";
import { SpaceInvalid } from "../spaces/error.ts";
import type { Space } from "../spaces/space.ts";
import { DEFAULT_CONCEPTS } from "./default_concepts.ts";
import type { Asked, Thing } from "./thing.ts";

/** The concepts of a space at the moment of a model. */
export interface KnownConcepts {
  readonly concepts: readonly Concept[];
  /** `log`: somebody defined them; `default`: nobody did, and they come with the project. */
  readonly origin: "log" | "default";
  /** Of the newest event that defined one; 0 where none did. */
  readonly sequence: number;
  /** Concepts of the log that make no sense in this space, and why. They are passed over. */
  readonly faults: readonly string[];
}

/** The concepts of the log, by name; where it has none of this space, those that come with the project. */
export async function conceptsOf(model: Asked, space: Space): Promise<KnownConcepts> {
  const { rows } = await model.query(
    `SELECT name, prototypes, metric, weights, covariance, sensitivity, threshold, last_sequence
     FROM concepts WHERE space = $1 ORDER BY name`,
    [space.name],
  );
  const faults: string[] = [];
  const concepts = rows.flatMap(({ last_sequence: _, ...row }) => {
    const concept = withoutNull(row) as unknown as Concept;
    try {
      new Classifier(space, [concept]);
      return [concept];
    } catch (error) {
      if (!(error instanceof SpaceInvalid)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  const sequence = Math.max(0, ...rows.map(({ last_sequence }) => Number(last_sequence)));
  return rows.length === 0
    ? { concepts: DEFAULT_CONCEPTS[space.name] ?? [], origin: "default", sequence, faults }
    : { concepts, origin: "log", sequence, faults };
}

/**
 * What analysts said that resources are in a space: concepts by the resource's id. Labels of what is no thing of the
 * space, as of a resource in `software`, are passed over.
 */
export async function labelsOf(
  model: Asked,
  space: string,
  things: readonly Thing[],
): Promise<Map<string, string>> {
  const { values } = await model.query(
    "SELECT compute_id::VARCHAR, concept FROM labels WHERE space = $1",
    [space],
  );
  const labels = new Map(values.map(([id, concept]) => [String(id), String(concept)]));
  return new Map(
    things.flatMap(({ id }): [string, string][] => labels.has(id) ? [[id, labels.get(id)!]] : []),
  );
}

function withoutNull(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
