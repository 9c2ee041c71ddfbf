/** The places of numbers in their order. */

/** The median of some numbers, one at least, which it puts in order. */
export function middleOf(numbers: Float64Array): number {
  numbers.sort();
  const { length } = numbers;
  return (numbers[(length - 1) >> 1]! + numbers[length >> 1]!) / 2;
}
