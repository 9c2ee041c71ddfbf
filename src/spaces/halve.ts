/** Halves a list at its median. */

/**
 * Puts the lesser half of a part of a list before the greater half, in no order but always in the same one: Hoare's
 * quickselect ("Algorithm 65: Find", 1961) with the median of three, O(n); a list that is made to be slow is sorted.
 *
 * @param from its first place, and `to` the one after its last; the halves meet at (from + to) >>> 1
 */
export function halve(
  list: Int32Array,
  from: number,
  to: number,
  valueOf: (item: number) => number,
): void {
  const middle = (from + to) >>> 1;
  let [low, high] = [from, to - 1];
  for (let rounds = 2 * Math.ceil(Math.log2(to - from + 1)); low < high; rounds--) {
    if (rounds === 0) {
      list.subarray(low, high + 1).sort((a, b) => valueOf(a) - valueOf(b));
      return;
    }
    const pivot = medianOf(
      valueOf(list[low]!),
      valueOf(list[(low + high) >>> 1]!),
      valueOf(list[high]!),
    );
    let [left, right] = [low, high];
    while (left <= right) {
      while (valueOf(list[left]!) < pivot) left++;
      while (valueOf(list[right]!) > pivot) right--;
      if (left > right) break;
      const item = list[left]!;
      list[left++] = list[right]!;
      list[right--] = item;
    }
    if (middle <= right) high = right;
    else if (middle >= left) low = left;
    else return;
  }
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
