/** Covariances: what differences are usual, and which go together. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { SpaceInvalid } from "./error.ts";
import { dimensionsOf, type Domain, type Space } from "./space.ts";

/**
 * How values vary together, inside the domains of a space: a symmetric, positive definite matrix over coordinates.
 * Between domains it says nothing. Nor does it of a circular dimension and another: on a circle there is no more and no
 * less, which could go with more or less of something else; so a circular one counts with its own variance.
 */
export interface Covariance {
  /** Its rows and columns. Dimensions of a space that are not named here count with the variance 1, by themselves. */
  readonly dimensions: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** Of a dimension's variance this share at least is its own: with less, it says the same as others do (collinear). */
const LEAST_OWN = 1e-12;
/** A standard deviation of 10⁻¹² ranges: with less, differences would be too large for a number. */
const LEAST_VARIANCE = 1e-24;
/** So many sets of known dimensions are remembered, of the many that there can be. */
const MOST_REMEMBERED = 256;

/** @throws {SpaceInvalid} for a matrix that is not as large as its dimensions are many, or of what the space does not have */
export function requireCovariance(space: Space, { dimensions, rows }: Covariance): void {
  const { length: size } = dimensions;
  if (rows.length !== size || rows.some((row) => row.length !== size)) {
    throw new SpaceInvalid(
      "covariance/rows",
      `there are ${rows.length}: say ${size} rows of ${size} numbers, one for each dimension`,
    );
  }
  const names = dimensionsOf(space).map(({ name }) => name);
  for (const [at, name] of dimensions.entries()) {
    if (dimensions.indexOf(name) !== at) {
      throw new SpaceInvalid(`covariance/dimensions/${at}`, `${name} is there twice`);
    }
    if (!names.includes(name)) {
      throw new SpaceInvalid(
        `covariance/dimensions/${at}`,
        `the space ${space.name} has no dimension ${name}: it has ${names.join(", ")}`,
      );
    }
  }
}

/** The covariance of one domain's coordinates, and its inverses over those of them that are known. */
export class DomainCovariance {
  readonly matrix: Matrix;
  readonly #inverses = new Map<string, Float64Array>();

  /** @throws {SpaceInvalid} if it has no inverse: it is not symmetric and positive definite, or nearly not */
  constructor({ dimensions, rows }: Covariance, domain: Domain) {
    const places = domain.dimensions.map(({ name }) => dimensions.indexOf(name));
    const isCircular = domain.dimensions.map(({ scale }) => scale === "circular");
    const matrix = Matrix.eye(places.length);
    for (const [row, from] of places.entries()) {
      for (const [column, to] of places.entries()) {
        if (from < 0 || to < 0) continue;
        const isApart = row !== column && (isCircular[row]! || isCircular[column]!);
        matrix.set(row, column, isApart ? 0 : rows[from]![to]!);
      }
    }
    if (!matrix.to1DArray().every(Number.isFinite) || !matrix.isSymmetric()) {
      throw new SpaceInvalid("covariance/rows", "they are not symmetric numbers");
    }
    const lower = new CholeskyDecomposition(matrix).lowerTriangularMatrix;
    for (const [at, { name }] of domain.dimensions.entries()) {
      const variance = matrix.get(at, at);
      if (lower.get(at, at) ** 2 > LEAST_OWN * variance && variance >= LEAST_VARIANCE) continue;
      throw new SpaceInvalid(
        `covariance/${name}`,
        variance >= LEAST_VARIANCE
          ? "it varies only together with the dimensions before it: shrink the covariance"
          : `its variance is ${variance}: say what differences are usual, or give it the weight 0`,
      );
    }
    this.matrix = matrix;
  }

  /** The inverse over some of the dimensions, row by row: what the others are is not known. */
  inverse(places: readonly number[]): Float64Array {
    const key = places.join();
    let inverse = this.#inverses.get(key);
    if (!inverse) {
      if (this.#inverses.size === MOST_REMEMBERED) this.#inverses.clear();
      const known = this.matrix.selection([...places], [...places]);
      const solved = new CholeskyDecomposition(known).solve(Matrix.eye(places.length));
      inverse = Float64Array.from(solved.to1DArray());
      this.#inverses.set(key, inverse);
    }
    return inverse;
  }
}
