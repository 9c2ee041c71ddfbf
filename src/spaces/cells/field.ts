/** Fields: what is where on a plane, with proofs for whole rectangles of it. */
import type { CompiledConcept } from "../compiled_concept.ts";
import type { Coordinates } from "../space.ts";
import { similarity } from "../similarity.ts";
import type { Place, Plane } from "./plane.ts";

/** Half of a rectangle's width and height. */
export type Half = readonly [x: number, y: number];

/** Gives each place of a plane a kind, a number. */
export interface Field {
  /** The prototypes that can matter anywhere. */
  readonly all: readonly number[];
  /** The kind of a place, by the prototypes that can matter there. */
  kindAt(place: Place, among: readonly number[]): number;
  /**
   * Of some prototypes those that can matter in a rectangle around a place; and its kind, where it is proved to be of
   * one kind everywhere.
   */
  within(place: Place, half: Half, among: readonly number[]): Narrowed;
}

/** What {@linkcode Field.within} finds. */
export interface Narrowed {
  readonly among: readonly number[];
  readonly kind: number | undefined;
}

/** How far rounding could carry a bound. */
const HAIR = 1e-9;
/** The way along an axis on which is measured how fast a distance can grow: no component of it is half of a turn. */
const STEP = 0.25;

/** Prototypes seen from a plane: their distances, and how fast these can change from place to place. */
export class PlanePrototypes {
  /** Those whose distance from the plane is known. */
  readonly all: readonly number[];
  /** By prototype: the place of its concept. */
  readonly concept: readonly number[];
  readonly #points: readonly Coordinates[];
  /** The place that was asked last. */
  readonly #at: Coordinates;
  /** By prototype: how much its distance changes, at most, for each step along an axis. */
  readonly #slopes: readonly Place[];

  constructor(readonly plane: Plane, readonly concepts: readonly CompiledConcept[]) {
    const prototypes = concepts.flatMap(({ prototypes }, concept) =>
      prototypes.map((point) => ({ concept, point }))
    );
    this.concept = prototypes.map(({ concept }) => concept);
    this.#points = prototypes.map(({ point }) => point);
    const [from, across, up] = ([[0, 0], [STEP, 0], [0, STEP]] satisfies Place[])
      .map((place) => plane.pointAt(place)) as [Coordinates, Coordinates, Coordinates];
    this.#at = plane.pointAt([0, 0]);
    // A metric is a norm of differences, so from its triangle inequality a distance never grows faster than this.
    this.#slopes = prototypes.map(({ concept, point }): Place => {
      const { metric } = concepts[concept]!;
      const known = from.map((value, at) => Number.isNaN(point[at]!) ? NaN : value);
      return [metric.distance(known, across) / STEP, metric.distance(known, up) / STEP];
    });
    this.all = [...prototypes.keys()].filter((at) => !Number.isNaN(this.#slopes[at]![0]));
  }

  /** The point at a place, until the next one is asked. */
  pointAt(place: Place): Coordinates {
    return this.plane.pointAt(place, this.#at);
  }

  /** How far a prototype is from a point of the plane. */
  distance(prototype: number, point: Coordinates): number {
    return this.concepts[this.concept[prototype]!]!.metric.distance(
      point,
      this.#points[prototype]!,
    );
  }

  /** By how much that can be other anywhere in a rectangle around the point. */
  change(prototype: number, [x, y]: Half): number {
    const [across, up] = this.#slopes[prototype]!;
    return across * x + up * y;
  }
}

/** Of which concept a place is: the place among the concepts of the one that has the nearest prototype; −1 for none. */
export class NearestConcept implements Field {
  readonly all: readonly number[];

  constructor(private readonly prototypes: PlanePrototypes) {
    this.all = prototypes.all;
  }

  kindAt(place: Place, among: readonly number[]): number {
    const { concept } = this.prototypes;
    const point = this.prototypes.pointAt(place);
    let [kind, least] = [-1, Infinity];
    for (const prototype of among) {
      const distance = this.prototypes.distance(prototype, point);
      if (distance < least) [kind, least] = [concept[prototype]!, distance];
    }
    return kind;
  }

  within(place: Place, half: Half, among: readonly number[]): Narrowed {
    const { concept } = this.prototypes;
    const point = this.prototypes.pointAt(place);
    let most = Infinity;
    const least = among.map((prototype) => {
      const distance = this.prototypes.distance(prototype, point);
      const change = this.prototypes.change(prototype, half);
      most = Math.min(most, distance + change);
      return distance - change;
    });
    const left = among.filter((_, at) => least[at]! <= most + HAIR * (1 + most));
    const kind = left.length === 0 ? -1 : concept[left[0]!]!;
    return { among: left, kind: left.every((one) => concept[one] === kind) ? kind : undefined };
  }
}

/** Whether a place is near enough to some concept, 1 where it is and 0 where it is of no known one. */
export class NearEnough implements Field {
  readonly all: readonly number[];
  /** By prototype: as far as its concept reaches. */
  readonly #reach: readonly number[];

  constructor(private readonly prototypes: PlanePrototypes) {
    this.all = prototypes.all;
    this.#reach = prototypes.concept.map((at) => {
      const { threshold, sensitivity } = prototypes.concepts[at]!;
      return -Math.log(threshold) / sensitivity;
    });
  }

  kindAt(place: Place, among: readonly number[]): number {
    const { concept, concepts } = this.prototypes;
    const point = this.prototypes.pointAt(place);
    const isNear = among.some((prototype) => {
      const { sensitivity, threshold } = concepts[concept[prototype]!]!;
      return similarity(this.prototypes.distance(prototype, point), sensitivity) >= threshold;
    });
    return isNear ? 1 : 0;
  }

  within(place: Place, half: Half, among: readonly number[]): Narrowed {
    const point = this.prototypes.pointAt(place);
    const left: number[] = [];
    for (const prototype of among) {
      const distance = this.prototypes.distance(prototype, point);
      const change = this.prototypes.change(prototype, half);
      const hair = HAIR * (1 + distance);
      const reach = this.#reach[prototype]!;
      if (distance + change < reach - hair) return { among: [prototype], kind: 1 };
      if (distance - change <= reach + hair) left.push(prototype);
    }
    return { among: left, kind: left.length === 0 ? 0 : undefined };
  }
}
