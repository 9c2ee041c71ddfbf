/** The leanest k-d tree, with nothing but Euclid: what ours is measured against. */

const LEAF = 12;

/** Points row by row. @returns what finds the places and distances of the `count` nearest to a point */
export function bareKdTree(points: Float64Array, width: number) {
  const order = Int32Array.from({ length: points.length / width }, (_, at) => at);
  const axes = new Int32Array(order.length);
  const splits = new Float64Array(order.length);
  const grow = (from: number, to: number): void => {
    if (to - from <= LEAF) return;
    let widest = 0, most = -1;
    for (let axis = 0; axis < width; axis++) {
      let low = Infinity, high = -Infinity;
      for (let at = from; at < to; at++) {
        const value = points[order[at]! * width + axis]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > most) [most, widest] = [high - low, axis];
    }
    order.subarray(from, to).sort((a, b) =>
      points[a * width + widest]! - points[b * width + widest]!
    );
    const middle = (from + to) >>> 1;
    axes[middle] = widest;
    splits[middle] = points[order[middle]! * width + widest]!;
    grow(from, middle);
    grow(middle, to);
  };
  grow(0, order.length);
  const laid = new Float64Array(points.length);
  for (const [to, at] of order.entries()) {
    laid.set(points.subarray(at * width, (at + 1) * width), to * width);
  }
  return (query: Float64Array, count: number) => {
    const nearest = new Array<number>(count).fill(Infinity);
    const places = new Array<number>(count).fill(-1);
    const offsets = new Float64Array(width);
    const visit = (from: number, to: number, outside: number): void => {
      if (to - from <= LEAF) {
        for (let at = from; at < to; at++) {
          let square = 0;
          for (let axis = 0, place = at * width; axis < width; axis++, place++) {
            const way = laid[place]! - query[axis]!;
            square += way * way;
          }
          if (square >= nearest[count - 1]!) continue;
          let place = count - 1;
          for (; place > 0 && nearest[place - 1]! > square; place--) {
            nearest[place] = nearest[place - 1]!;
            places[place] = places[place - 1]!;
          }
          nearest[place] = square;
          places[place] = order[at]!;
        }
        return;
      }
      const middle = (from + to) >>> 1;
      const axis = axes[middle]!;
      const way = query[axis]! - splits[middle]!;
      const isLeft = way < 0;
      visit(isLeft ? from : middle, isLeft ? middle : to, outside);
      const before = offsets[axis]!;
      const other = outside - before * before + way * way;
      if (other >= nearest[count - 1]!) return;
      offsets[axis] = way;
      visit(isLeft ? middle : from, isLeft ? to : middle, other);
      offsets[axis] = before;
    };
    visit(0, order.length, 0);
    return places.map((index, at) => ({ index, distance: Math.sqrt(nearest[at]!) }));
  };
}
