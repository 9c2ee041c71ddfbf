/** Concepts that are learned from the things of a model, ready to be defined in the log. */
import type { DefineConcept } from "../domain/concept.ts";
import type { Concept } from "../spaces/concept.ts";
import { candidateConcepts, type Candidates } from "../spaces/learning/candidate_concepts.ts";
import { learnConcepts, type LearnOptions } from "../spaces/learning/learn_concepts.ts";
import { pointOf, type Space } from "../spaces/space.ts";
import { Table } from "../table/table.ts";
import { counted } from "../table/text.ts";
import { shown, threeDigits } from "./classified.ts";
import { PerceptionError } from "./error.ts";
import type { Thing } from "./thing.ts";

/** From what is learned: what analysts said in the log, or what the things are declared to be. */
export type Teacher = "labels" | "declared";

/** How concepts are learned. */
export interface LearningOptions extends LearnOptions {
  /** Labels without it, where there are any; else what is declared. */
  readonly by?: Teacher;
}

/** What concepts are learned from. */
interface Taught {
  readonly space: Space;
  readonly things: readonly Thing[];
  readonly labels: ReadonlyMap<string, string>;
  readonly range: { readonly first_sequence: number; readonly last_sequence: number };
}

/** Learned concepts, as commands have them. As the last expression of a notebook's cell they are a table. */
export class LearnedConcepts {
  /**
   * @param definitions the data of DefineConcept, by name
   * @param reason how many there are, and from what, in a sentence
   */
  constructor(readonly definitions: readonly DefineConcept[], readonly reason: string) {}

  /** The commands that define them, for `cim submit` or a workspace. */
  get commands(): { command: "DefineConcept"; data: DefineConcept }[] {
    return this.definitions.map((data) => ({ command: "DefineConcept", data }));
  }

  /** A row for each concept. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    return new Table(
      [
        text("name"),
        number("prototypes"),
        text("metric"),
        number("sensitivity"),
        number("threshold"),
        text("dimensions"),
      ],
      this.definitions.map(({ name, prototypes, metric = "weighted", ...rest }) => [
        name,
        prototypes.length,
        metric,
        threeDigits(rest.sensitivity ?? NaN),
        rest.threshold ?? null,
        [...new Set(prototypes.flatMap((one) => Object.keys(one)))].join(", "),
      ]),
    );
  }

  /** The table as text. */
  toString(): string {
    return this.table().toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return shown(this.table());
  }
}

/**
 * What each thing is said to be; null where nobody said it.
 *
 * @param by labels without it, where there are any; else what is declared
 */
export function taught(
  { things, labels }: Pick<Taught, "things" | "labels">,
  by: Teacher = labels.size > 0 ? "labels" : "declared",
): (string | null)[] {
  return things.map(({ id, kind }) => by === "labels" ? labels.get(id) ?? null : kind);
}

/**
 * Learns the concepts of a space from what its things are said to be.
 *
 * @throws {PerceptionError} `nothing_labelled` where nothing is said to be anything
 * @throws {RangeError} for a teacher that is none, and as {@linkcode learnConcepts}
 */
export function learned(perceived: Taught, { by, ...options }: LearningOptions): LearnedConcepts {
  const { space, things } = perceived;
  if (by !== undefined && by !== "labels" && by !== "declared") {
    throw new RangeError(`Cannot learn by ${JSON.stringify(by)}: say labels or declared`);
  }
  const points = things.map(({ values }) => pointOf(space, values));
  // What nothing is known of can teach nothing; a class of only such things is none.
  const labels = taught(perceived, by).map((label, at) =>
    points[at]!.every(Number.isNaN) ? null : label
  );
  const count = labels.filter((label) => label !== null).length;
  if (count === 0) {
    throw new PerceptionError(
      "nothing_labelled",
      `Nothing in the space ${space.name} is labelled, or nothing is known of what is: submit LabelResource first`,
    );
  }
  const concepts = learnConcepts(space, points, labels, options);
  return new LearnedConcepts(
    concepts.map((concept) => definition(perceived, concept, options.method)),
    `${counted(concepts.length, "concept")}, learned from ${count} of ${
      counted(things.length, "thing")
    }`,
  );
}

/** Concepts that nobody has named yet: groups of things that are alike. */
export function candidates(perceived: Taught, seed: number): LearnedConcepts {
  const { space, things } = perceived;
  const points = things.map(({ values }) => pointOf(space, values));
  const { concepts, reason }: Candidates = candidateConcepts(space, points, { seed });
  return new LearnedConcepts(
    concepts.map((concept) => definition(perceived, concept, "k-medoids")),
    reason,
  );
}

function definition({ space, range }: Taught, concept: Concept, method: string): DefineConcept {
  const { name, prototypes, metric, weights, covariance, sensitivity, threshold } = concept;
  // In JSON's terms, as commands are: what is absent is absent.
  return JSON.parse(JSON.stringify({
    space: space.name,
    name,
    prototypes,
    metric,
    weights,
    covariance,
    sensitivity,
    threshold,
    learned_from: { ...range, method },
  }));
}
