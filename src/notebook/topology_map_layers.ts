/** Hierarchies: what lies in layers, as cores, switches and hosts do. */
import type { DrawnTopology, MappedResource } from "./topology_map_fold.ts";

/** Hierarchies have so many machines, and so many layers, and so few of their links within one. */
const FEWEST = 20;
const MOST = 1_000;
const LAYERS = { least: 3, most: 5 };
const WITHIN = 0.02;
/** What carries traffic for others. */
const CARRIERS: ReadonlySet<string> = new Set(["switch", "router", "firewall", "load_balancer"]);
/** How often the layers are put in order by each other. */
const SWEEPS = 12;
/** From one row of leaves to the next, and between items, in units of the layout. */
const ROW = 17;
const GAP = 8;
/** How high the layers are together, of their width. */
const FLAT = 0.56;

/** What stands in a layer: one machine, or all leaves that hang on the same ones. */
interface Item {
  readonly members: readonly MappedResource[];
  readonly width: number;
  readonly neighbours: Set<Item>;
  x: number;
}

/** Where each machine of a hierarchy is; undefined where it is none, or where machines have guests that are drawn. */
export function layered(
  { machines, links }: DrawnTopology,
  sizeOf: (one: MappedResource) => number,
): Map<MappedResource, { x: number; y: number }> | undefined {
  if (machines.length < FEWEST || machines.length > MOST) return undefined;
  if (machines.some(({ guests }) => guests.length > 0)) return undefined;
  const joined = new Map(machines.map((one) => [one, new Set<MappedResource>()]));
  for (const { from, to, kind } of links) {
    if (kind === "flow") continue;
    joined.get(from)!.add(to);
    joined.get(to)!.add(from);
  }
  const layers = layersOf(machines, joined);
  if (!layers) return undefined;
  const rows = itemsOf(layers, joined, sizeOf);
  arrange(rows);
  const [left, right] = [
    Math.min(...rows.flat().map(({ x, width }) => x - width / 2)),
    Math.max(...rows.flat().map(({ x, width }) => x + width / 2)),
  ];
  const step = Math.max(90, FLAT * (right - left) / (rows.length - 1));
  return new Map(
    rows.flatMap((row, layer) =>
      row.flatMap(({ members, x }) => {
        const across = acrossOf(members);
        return members.map((one, at) =>
          [one, {
            x: x + (at % across - (Math.min(across, members.length) - 1) / 2) * ROW,
            y: layer * step + Math.floor(at / across) * ROW,
          }] as const
        );
      })
    ),
  );
}

/** How many of some leaves stand side by side. */
function acrossOf(members: readonly unknown[]): number {
  return Math.ceil(Math.sqrt(members.length / 1.5));
}

type Joined = ReadonlyMap<MappedResource, ReadonlySet<MappedResource>>;

/**
 * The machines by how many hops they are from those that carry nothing for others: these come last, and what is farthest
 * from them first. Undefined where that is no hierarchy.
 */
function layersOf(machines: readonly MappedResource[], joined: Joined) {
  const ends = machines.filter(({ resource: { type } }) => !CARRIERS.has(type ?? ""));
  const hops = hopsFrom(ends, joined);
  if (hops.size < machines.length) return undefined;
  const count = Math.max(...hops.values()) + 1;
  if (count < LAYERS.least || count > LAYERS.most) return undefined;
  let [within, all] = [0, 0];
  for (const [one, others] of joined) {
    for (const other of others) {
      all++;
      if (hops.get(one) === hops.get(other)) within++;
    }
  }
  if (within > WITHIN * all) return undefined;
  return Array.from(
    { length: count },
    (_, at) => machines.filter((one) => hops.get(one) === count - 1 - at),
  );
}

function hopsFrom(begin: readonly MappedResource[], joined: Joined): Map<MappedResource, number> {
  const hops = new Map(begin.map((one) => [one, 0]));
  for (const [one, hop] of hops) {
    for (const other of joined.get(one)!) if (!hops.has(other)) hops.set(other, hop + 1);
  }
  return hops;
}

/** The items of each layer. Leaves are those that are joined to the layer above only. */
function itemsOf(
  layers: readonly (readonly MappedResource[])[],
  joined: Joined,
  sizeOf: (one: MappedResource) => number,
): Item[][] {
  const layerOf = new Map(layers.flatMap((own, at) => own.map((one) => [one, at] as const)));
  const itemOf = new Map<MappedResource, Item>();
  const numbers = new Map([...joined.keys()].map((one, at) => [one, at]));
  const rows = layers.map((own, layer) => {
    const groups = Map.groupBy(own, (one) => {
      const others = [...joined.get(one)!];
      const isLeaf = layer > 0 && others.every((other) => layerOf.get(other)! < layer);
      return isLeaf ? others.map((other) => numbers.get(other)!).sort((a, b) => a - b).join() : one;
    });
    return [...groups.values()].map((members): Item => {
      const [first] = members as [MappedResource];
      const width = members.length > 1 ? acrossOf(members) * ROW : 2 * sizeOf(first);
      const item = { members, width: width + GAP, neighbours: new Set<Item>(), x: 0 };
      for (const one of members) itemOf.set(one, item);
      return item;
    });
  });
  for (const [one, others] of joined) {
    for (const other of others) itemOf.get(one)!.neighbours.add(itemOf.get(other)!);
  }
  return rows;
}

/** Puts the items of each layer above the middle of what hangs on them, or else below that of what they hang on. */
function arrange(rows: Item[][]): void {
  for (const row of rows) pack(row);
  const layerOf = new Map(rows.flatMap((row, layer) => row.map((item) => [item, layer] as const)));
  const near = new Map(
    rows.flat().map((item) => {
      const below = [...item.neighbours].filter((one) => layerOf.get(one)! > layerOf.get(item)!);
      return [item, below.length > 0 ? below : [...item.neighbours]];
    }),
  );
  const widest = Math.max(...rows.map(widthOf));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 === 0 ? rows.toReversed() : rows) {
      const wished = new Map(row.map((item) => {
        const around = near.get(item)!.map(({ x }) => x);
        return [item, around.length > 0 ? mean(around) : item.x];
      }));
      row.sort((a, b) => wished.get(a)! - wished.get(b)! || a.x - b.x);
      pack(row, row.map((item) => wished.get(item)!));
    }
  }
  // Those to which all hang alike would stand in a heap.
  const [top] = rows as [Item[]];
  pack(top, undefined, Math.max(1, 0.8 * widest / widthOf(top)));
}

function widthOf(row: readonly Item[]): number {
  return row.reduce((sum, { width }) => sum + width, 0);
}

/** Puts items beside each other: near to where they are wished to be, or around 0, with more room between them. */
function pack(row: readonly Item[], wished?: readonly number[], stretch = 1): void {
  let edge = -Infinity;
  for (const [at, item] of row.entries()) {
    const width = item.width * stretch;
    item.x = Math.max(wished?.[at] ?? 0, edge + width / 2);
    edge = item.x + width / 2;
  }
  const aim = wished ? mean(wished) : 0;
  const shift = mean(row.map(({ x }) => x)) - aim;
  for (const item of row) item.x -= shift;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
