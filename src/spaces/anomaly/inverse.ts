/** Inverses of symmetric, positive definite matrices, row by row in one list: many small ones, made again and again. */

/** Of a variance this share at least is its own: rounding leaves less where columns say the same. */
const LEAST_OWN = 1e-12;

/**
 * L⁻¹ of a matrix L·Lᵀ (Cholesky), a lower triangle: ‖L⁻¹x‖² is xᵀ(LLᵀ)⁻¹x. It takes size³/3 steps.
 *
 * @param matrix size × size numbers; only its lower triangle is read
 */
export function inverseFactor(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const own = row * size;
    for (let column = 0; column <= row; column++) {
      const other = column * size;
      let rest = matrix[own + column]!;
      for (let at = 0; at < column; at++) rest -= lower[own + at]! * lower[other + at]!;
      lower[own + column] = column < row
        ? rest / lower[other + column]!
        : Math.sqrt(Math.max(rest, LEAST_OWN * matrix[own + row]!));
    }
    const pivot = 1 / lower[own + row]!;
    for (let column = 0; column < row; column++) {
      let sum = 0;
      for (let at = column; at < row; at++) sum += lower[own + at]! * inverse[at * size + column]!;
      inverse[own + column] = -sum * pivot;
    }
    inverse[own + row] = pivot;
  }
  return inverse;
}

/** The inverse itself, both triangles. */
export function inverseOf(matrix: Float64Array, size: number): Float64Array {
  return ofFactor(inverseFactor(matrix, size), size);
}

/** The inverse of a matrix of which {@linkcode inverseFactor} is known. */
export function ofFactor(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let at = row; at < size; at++) {
        sum += factor[at * size + row]! * factor[at * size + column]!;
      }
      inverse[row * size + column] = inverse[column * size + row] = sum;
    }
  }
  return inverse;
}

/** A matrix times a list of numbers. */
export function times(matrix: Float64Array, values: Float64Array, into: Float64Array): void {
  const size = values.length;
  for (let row = 0, at = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += matrix[at++]! * values[column]!;
    into[row] = sum;
  }
}
