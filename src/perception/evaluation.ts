/** How well concepts tell what things are, judged against what is known. */
import { Classifier } from "../spaces/classifier.ts";
import type { Context } from "../spaces/context.ts";
import { type Confusion, confusionOf, type Judgement } from "../spaces/confusion.ts";
import { Chance } from "../spaces/learning/chance.ts";
import { folds } from "../spaces/learning/folds.ts";
import { learnConcepts, type LearnOptions } from "../spaces/learning/learn_concepts.ts";
import { type Coordinates, pointOf, type Space } from "../spaces/space.ts";
import { Table } from "../table/table.ts";
import { shown, threeDigits } from "./classified.ts";
import { PerceptionError } from "./error.ts";
import type { KnownConcepts } from "./known_concepts.ts";
import { taught } from "./learned.ts";
import type { Thing } from "./thing.ts";

/** In so many parts: what is judged is never what was learned from. */
const PARTS = 5;
const METHODS: readonly LearnOptions["method"][] = ["centroid", "geometric_median", "prototypes"];

/** Against what to judge. */
export interface EvaluationOptions {
  /** What things are, by their ids; without it the labels, where there are any, or else what is declared. */
  readonly truth?: ReadonlyMap<string, string>;
  /** What chance is drawn from: 1 without it. */
  readonly seed?: number;
}

/** What is judged. */
interface Judged {
  readonly space: Space;
  readonly things: readonly Thing[];
  readonly labels: ReadonlyMap<string, string>;
  readonly known: KnownConcepts;
  readonly context: Context | undefined;
}

/** One set of concepts, judged. */
export interface JudgedConcepts {
  /** `known`: those of the log, or that come with the project; else the method by which they were learned. */
  readonly concepts: "known" | LearnOptions["method"];
  readonly confusion: Confusion;
}

/** What came of it. As the last expression of a notebook's cell it is a table. */
export class Evaluation {
  /**
   * @param judged the known concepts first
   * @param against what they were judged against, in words
   */
  constructor(readonly judged: readonly JudgedConcepts[], readonly against: string) {}

  /** A row for each set of concepts. */
  table(): Table {
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    return new Table(
      [
        { name: "concepts", type: "VARCHAR", numeric: false },
        number("things"),
        number("accuracy"),
        number("macro_f1"),
        number("unknown"),
      ],
      this.judged.map(({ concepts, confusion: { total, accuracy, macroF1, counts } }) => [
        concepts,
        total,
        threeDigits(accuracy),
        threeDigits(macroF1),
        counts.reduce((sum, row) => sum + row.at(-1)!, 0),
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

/** A confusion matrix as a table: a row for each class that is declared, a column for each that is perceived. */
export function confusionTable({ classes, counts }: Confusion): Table {
  return new Table(
    [
      { name: "declared", type: "VARCHAR", numeric: false },
      ...[...classes, "(unknown)"].map((name) => ({ name, type: "BIGINT", numeric: true })),
    ],
    classes.map((name, at) => [name, ...counts[at]!]).filter((row) =>
      row.slice(1).some((count) => Number(count) > 0)
    ),
  );
}

/**
 * Judges the known concepts, and those that each method would learn, each of its answers about things that it has not
 * learned from (five parts, stratified). What nothing is known of is judged as well: it is unknown.
 *
 * @throws {PerceptionError} `nothing_labelled` where there is nothing to judge against
 */
export function evaluated(
  { space, things, labels, known, context }: Judged,
  { truth, seed = 1 }: EvaluationOptions,
): Evaluation {
  const said = truth ? things.map(({ id }) => truth.get(id) ?? null) : taught({ things, labels });
  const points = things.map(({ values }) => pointOf(space, values));
  const at = [...things.keys()].filter((place) => said[place] !== null);
  if (at.length === 0) {
    throw new PerceptionError(
      "nothing_labelled",
      `There is nothing to judge the space ${space.name} against: ${
        truth ? "the truth says nothing of its things" : "nothing is labelled"
      }`,
    );
  }
  const judged = at.map((place) => ({ declared: said[place]!, point: points[place]! }));
  const options = context ? { context } : {};
  const classifier = new Classifier(space, known.concepts, options);
  const own = confusionOf(judged.map((one) => judgement(classifier, one)));
  const parts = folds(judged.map(({ declared }) => declared), PARTS, new Chance(seed));
  const learned = METHODS.map((method): JudgedConcepts => {
    const judgements = judged.map((): Judgement => ({ declared: "", perceived: null }));
    for (let part = 0; part < PARTS; part++) {
      const rest = judged.filter((_, at) => parts[at] !== part && isKnown(judged[at]!.point));
      const concepts = rest.length === 0 ? [] : learnConcepts(
        space,
        rest.map(({ point }) => point),
        rest.map(({ declared }) => declared),
        { method, seed },
      );
      const classifier = new Classifier(space, concepts, options);
      for (const [at, one] of judged.entries()) {
        if (parts[at] === part) judgements[at] = judgement(classifier, one);
      }
    }
    return { concepts: method, confusion: confusionOf(judgements) };
  });
  const against = truth ? "the truth" : labels.size > 0 ? "labels" : "what is declared";
  return new Evaluation([{ concepts: "known", confusion: own }, ...learned], against);
}

function judgement(
  classifier: Classifier,
  { declared, point }: { declared: string; point: Coordinates },
): Judgement {
  const { concept, status } = classifier.classify(point);
  return { declared, perceived: status === "unknown" ? null : concept };
}

function isKnown(point: Coordinates): boolean {
  return point.some((value) => !Number.isNaN(value));
}
