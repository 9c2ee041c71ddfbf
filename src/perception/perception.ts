/** A space of a model: its things as points, and what they are perceived to be. */
import { saying, sayingOnly } from "../progress.ts";
import { SPACES } from "../spaces/catalogue/spaces.ts";
import { Classifier } from "../spaces/classifier.ts";
import type { Context } from "../spaces/context.ts";
import { pointOf, type Space } from "../spaces/space.ts";
import { Classifications, type Classified, ENOUGH } from "./classified.ts";
import { type IncidentOptions, incidentsIn } from "./anomalies.ts";
import { type AnomalousPoints, anomalousPoints, type PointOptions } from "./anomaly_points.ts";
import type { Incidents } from "./incidents.ts";
import { contextNamed } from "./contexts.ts";
import { PerceptionError } from "./error.ts";
import { conceptsOf, type KnownConcepts, labelsOf } from "./known_concepts.ts";
import { type Similarities, type SimilarOptions, similarTo } from "./similar.ts";
import { evaluated, type Evaluation, type EvaluationOptions } from "./evaluation.ts";
import { candidates, learned, type LearnedConcepts, type LearningOptions } from "./learned.ts";
import type { Prediction } from "./predicted.ts";
import { type PredictionOptions, predictions } from "./prediction.ts";
import { type Backtest, backtested } from "./prediction_backtest.ts";
import { type Asked, type Thing, thingNamed, thingsOf } from "./thing.ts";
import { type Vicinity, vicinityOf } from "./vicinity.ts";

/** How a space of a model is opened. Nothing is needed. */
export interface PerceptionOptions {
  /** What matters at the moment: a context of the space by its name, or one of one's own. */
  readonly context?: string | Context;
}

/**
 * The things of a model as points in a conceptual space, with the concepts that are known there at the model's moment.
 *
 * @example
 * ```ts
 * import { Archive, replay } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * await using model = await replay(await Archive.open("data/samples/fleet"));
 * const space = await model.space("performance");
 * const { concept, status } = space.classify("billing-database-01");
 * strictEqual(`${concept}, ${status}`, "memory-bound, member");
 * ```
 */
export class Perception {
  readonly #classifier: Classifier;

  private constructor(
    private readonly model: Asked,
    readonly space: Space,
    /** In the order of their names. */
    readonly things: readonly Thing[],
    readonly known: KnownConcepts,
    /** What analysts said that resources are: concepts by the resource's id. */
    readonly labels: ReadonlyMap<string, string>,
    readonly context: Context | undefined,
  ) {
    this.#classifier = new Classifier(space, known.concepts, context ? { context } : {});
  }

  /**
   * Opens a space of a model.
   *
   * @param name of a space that comes with the project
   * @throws {PerceptionError} `unknown_space` or `unknown_context`
   * @throws {SpaceInvalid} for a context of one's own that makes no sense
   */
  static async open(
    model: Asked,
    name: string,
    { context }: PerceptionOptions = {},
  ): Promise<Perception> {
    const space = SPACES.find((space) => space.name === name);
    if (!space) {
      const there = SPACES.map(({ name }) => name).join(", ");
      throw new PerceptionError(
        "unknown_space",
        `There is no space ${JSON.stringify(name)}: there are ${there}`,
      );
    }
    const chosen = typeof context === "string" ? contextNamed(space, context) : context;
    const things = await thingsOf(model, space);
    const known = await conceptsOf(model, space);
    const labels = await labelsOf(model, name, things);
    return new Perception(model, space, things, known, labels, chosen);
  }

  /** The part of the log that all of this rests on, by sequence. */
  get range(): { first_sequence: number; last_sequence: number } {
    const { first_sequence, last_sequence } = this.model.checkpoint;
    return { first_sequence, last_sequence };
  }

  /** The same things and concepts, seen in another context. */
  in(context: string | Context): Perception {
    const chosen = typeof context === "string" ? contextNamed(this.space, context) : context;
    const { model, space, things, known, labels } = this;
    return new Perception(model, space, things, known, labels, chosen);
  }

  /**
   * A thing, by its id or its name.
   *
   * @throws {PerceptionError} `unknown_thing` or `ambiguous_thing`
   */
  thing(name: string): Thing {
    return thingNamed(this.things, name);
  }

  /**
   * What a thing is, and why.
   *
   * @throws {PerceptionError} as {@linkcode thing}
   */
  classify(name: string): Classified {
    return this.#classified(this.thing(name));
  }

  /** What each thing is. */
  classifications(): Classifications {
    return new Classifications(this.things.map((thing) => this.#classified(thing)));
  }

  /**
   * The things that are most like one, the nearest first.
   *
   * @throws {PerceptionError} as {@linkcode thing}, or `unknown_dimension` or `no_difference`
   * @throws {SpaceInvalid} for a count that is none
   */
  similar(name: string, options: SimilarOptions = {}): Similarities {
    return similarTo(this, this.thing(name), options);
  }

  /**
   * What lies in the same cell as a thing, that of its nearest concept, and what in those that adjoin it.
   *
   * @throws {PerceptionError} as {@linkcode thing}
   */
  cell(name: string): Vicinity {
    return vicinityOf(this, this.thing(name));
  }

  /**
   * Learns concepts from what the things are said to be. Nothing is written: their `commands` define them.
   *
   * @throws {PerceptionError} `nothing_labelled` where nothing is said to be anything
   * @throws {RangeError} for a number of prototypes that makes no sense
   */
  learn(options: LearningOptions = { method: "prototypes" }): LearnedConcepts {
    return learned(this, options);
  }

  /**
   * Concepts that nobody has named yet: groups of things that are alike, as many as there is reason for.
   *
   * @param seed what chance is drawn from
   * @throws {NothingToLearn} where nothing is known of any thing
   */
  candidates(seed = 1): LearnedConcepts {
    return candidates(this, seed);
  }

  /**
   * How well the known concepts tell what things are, and how well learned ones would.
   *
   * @throws {PerceptionError} `nothing_labelled` where there is nothing to judge against
   */
  evaluate(options: EvaluationOptions = {}): Evaluation {
    return evaluated(this, options);
  }

  /**
   * What a thing will be, and what is to be expected where nothing is known of it.
   *
   * @throws {PerceptionError} as {@linkcode thing}
   * @throws {RangeError} for a horizon or a level that makes no sense; so do the others
   */
  async predict(name: string, options: PredictionOptions = {}): Promise<Prediction> {
    const [prediction] = await predictions(this.model, this, options, this.thing(name));
    return prediction!;
  }

  /** The same of each thing. */
  async predictions(options: PredictionOptions = {}): Promise<Prediction[]> {
    return await counted(
      "Predicting",
      options,
      (options) => predictions(this.model, this, options),
    );
  }

  /** How good predictions of the past would have been. */
  async backtest(options: PredictionOptions = {}): Promise<Backtest> {
    return await counted(
      "Predicting the past",
      options,
      (options) => backtested(this.model, this, options),
    );
  }

  /**
   * What is anomalous of the resources, or of one of them, as incidents.
   *
   * @throws {PerceptionError} as {@linkcode thing}, or `no_history` for a space of other things than resources
   * @throws {RangeError} for a false discovery rate or a moment that makes no sense
   * @example
   * ```ts
   * import { Archive, replay } from "@cim/infrastructure";
   * import { match } from "node:assert";
   * await using model = await replay(await Archive.open("data/samples/fleet"));
   * const space = await model.space("compute");
   * const { rows: [leak] } = await space.anomalies({ to: "2026-10-09T00:00Z" }, "shop-app-02");
   * match(leak!.text, /^shop-app-02: performance.memory .* from 2026-10-07/);
   * ```
   */
  async anomalies(options: IncidentOptions = {}, name?: string): Promise<Incidents> {
    const only = name === undefined ? undefined : this.thing(name);
    return await sayingOnly(
      "Looking for what is anomalous …",
      () => incidentsIn(this.model, this.space, options, only),
    );
  }

  /**
   * How far each thing is from the others of its concept, as it is now.
   *
   * @throws {RangeError} for a false discovery rate beyond 0 to 1
   */
  async points(options: PointOptions = {}): Promise<AnomalousPoints> {
    return await anomalousPoints(this.model, this, options);
  }

  /** What a thing is said to be, if that is a concept of the space: its label, or else what it was declared as. */
  declared({ id, kind }: Thing): string | null {
    const said = this.labels.get(id) ?? kind;
    return this.known.concepts.some(({ name }) => name === said) ? said : null;
  }

  #classified(thing: Thing): Classified {
    const classification = this.#classifier.classify(pointOf(this.space, thing.values));
    const { concept, status, known } = classification;
    const declared = this.declared(thing);
    const isMisperceived = declared !== null && concept !== declared && status === "member" &&
      known >= ENOUGH;
    // The thing's own values: those that coordinates stand for are rounded.
    const deciding = classification.deciding.map((one) => ({
      ...one,
      value: thing.values[one.dimension] ?? one.value,
    }));
    return { thing, declared, isMisperceived, ...classification, deciding };
  }
}

/** Does something with one thing after the other, and says below its cell how far that is. */
function counted<T>(
  what: string,
  options: PredictionOptions,
  work: (options: PredictionOptions) => Promise<T>,
): Promise<T> {
  return saying(undefined, (say) => {
    say?.(`${what} …`);
    const onProgress = (done: number, total: number) => say?.(`${what} …, ${done} of ${total}`);
    return work({ onProgress, ...options });
  });
}
