/** The places of numbers in their order. */

/** The sort that comes with arrays takes longer to be called than so many numbers take to be put in order. */
const FEW = 16;

/** The median of some numbers, one at least and none of them NaN, which it puts in order. */
export function middleOf(numbers: Float64Array): number {
  if (numbers.length <= FEW) sortFew(numbers);
  else numbers.sort();
  const { length } = numbers;
  return (numbers[(length - 1) >> 1]! + numbers[length >> 1]!) / 2;
}

function sortFew(numbers: Float64Array): void {
  for (let from = 1; from < numbers.length; from++) {
    const one = numbers[from]!;
    let to = from;
    for (; to > 0 && numbers[to - 1]! > one; to--) numbers[to] = numbers[to - 1]!;
    numbers[to] = one;
  }
}
