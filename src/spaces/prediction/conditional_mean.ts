/** What follows for one dimension from others of its domain. */
import { type Covariance, DomainCovariance } from "../covariance.ts";
import { difference } from "../dimension.ts";
import { type Coordinates, dimensionsOf, type Space } from "../space.ts";

/** One domain, and the place of its first dimension in a point. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly covariance: DomainCovariance;
}

/** The conditional mean and deviation of a normal distribution, domain by domain; between domains nothing follows. */
export class ConditionalMean {
  readonly #parts: Part[] = [];
  readonly #isCircular: boolean[];

  /** @param covariance without it nothing follows for any dimension from the others */
  constructor(space: Space, covariance: Covariance | undefined) {
    this.#isCircular = dimensionsOf(space).map(({ scale }) => scale === "circular");
    let start = 0;
    for (const domain of space.domains) {
      const end = start + domain.dimensions.length;
      if (covariance) {
        this.#parts.push({ start, end, covariance: new DomainCovariance(covariance, domain) });
      }
      start = end;
    }
  }

  /**
   * What is to be expected at a place.
   *
   * @param point of which only those coordinates count that are known of `beside` as well
   * @param mean of the distribution
   */
  at(place: number, point: Coordinates, mean: Coordinates, beside: Coordinates): number {
    const part = this.#partOf(place);
    if (!part) return mean[place]!;
    const known = this.#known(part, place, (at) => point[at]! + mean[at]! + beside[at]!);
    const factors = this.#factors(part, place, known);
    return known.reduce(
      (sum, from, at) =>
        sum + factors[at]! * difference(this.#isCircular[from]!, mean[from]!, point[from]!),
      mean[place]!,
    );
  }

  /** How far from that a value usually is, if the point's coordinates are known; null without a covariance. */
  deviation(place: number, point: Coordinates): number | null {
    const part = this.#partOf(place);
    if (!part) return null;
    const { start, covariance: { matrix } } = part;
    const known = this.#known(part, place, (at) => point[at]!);
    const explained = this.#factors(part, place, known).reduce(
      (sum, factor, at) => sum + factor * matrix.get(place - start, known[at]! - start),
      0,
    );
    return Math.sqrt(Math.max(0, matrix.get(place - start, place - start) - explained));
  }

  #partOf(place: number): Part | undefined {
    return this.#parts.find(({ start, end }) => start <= place && place < end);
  }

  #known({ start, end }: Part, but: number, value: (at: number) => number): number[] {
    return Array.from({ length: end - start }, (_, at) => start + at)
      .filter((at) => at !== but && !Number.isNaN(value(at)));
  }

  /** S_uk S_kk⁻¹. */
  #factors({ start, covariance }: Part, place: number, known: readonly number[]): number[] {
    const places = known.map((at) => at - start);
    if (places.length === 0) return [];
    const inverse = covariance.inverse(places);
    return places.map((_, column) =>
      places.reduce(
        (sum, row, at) =>
          sum + covariance.matrix.get(place - start, row) * inverse[at * places.length + column]!,
        0,
      )
    );
  }
}
