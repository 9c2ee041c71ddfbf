/** What goes with what: parts that nothing joins, and the consequences of a failure. */
import type { TopologyFacts, TopologyResource } from "./facts.ts";
import type { CarryingGraph } from "./graph.ts";

/** What a failure does to a resource. */
export type Effect =
  /** It is what failed. */
  | "failed"
  /** It runs on one that failed. */
  | "hosted"
  /** It runs, but no longer reaches most of what it reached. */
  | "cut_off";

/** A resource that a failure hits. */
export interface Hit {
  resource: string;
  effect: Effect;
}

/** The connected parts of a graph, in the order of their first nodes. */
interface Parts {
  /** Of each node: which part it is in; -1 where it is gone. */
  of: Int32Array;
  /** How many nodes each has. */
  sizes: number[];
}

/** A topology that fails in part, as often as one asks: its nodes are numbers here, so that it takes milliseconds. */
export class Failures {
  readonly #resources: readonly TopologyResource[];
  readonly #guests: Map<string | null, TopologyResource[]>;
  /** Where in `#others` the neighbours of each node begin. */
  readonly #starts: Int32Array;
  readonly #others: Int32Array;
  #whole: Parts | undefined;

  /** @param graph of these facts */
  constructor({ resources }: TopologyFacts, graph: CarryingGraph) {
    this.#resources = resources;
    this.#guests = Map.groupBy(resources, ({ host }) => host);
    this.#starts = new Int32Array(resources.length + 1);
    this.#others = new Int32Array(2 * graph.size);
    let end = 0;
    for (const [at, { id }] of resources.entries()) {
      graph.forEachNeighbor(id, (_, { place }) => this.#others[end++] = place);
      this.#starts[at + 1] = end;
    }
  }

  /** The parts that nothing that carries traffic joins, as ids; each and all in the order of the resources. */
  get islands(): string[][] {
    const { of, sizes } = this.#all;
    const islands = sizes.map((): string[] => []);
    for (const [at, { id }] of this.#resources.entries()) islands[of[at]!]!.push(id);
    return islands;
  }

  /** Some resources and what runs on them, also through others. */
  withGuests(hosts: readonly string[]): Set<string> {
    const all = new Set(hosts);
    for (const host of all) for (const { id } of this.#guests.get(host) ?? []) all.add(id);
    return all;
  }

  /**
   * What the failure of some resources hits: themselves, what runs on them, and what is then parted from the largest part
   * that is left of its island; of parts of one size the one with the first resource is left.
   */
  hits(failed: readonly string[]): Hit[] {
    const gone = this.withGuests(failed);
    const rest = this.#parts(gone);
    const islandOf = this.#all.of;
    const kept = new Int32Array(this.#all.sizes.length).fill(-1);
    for (const [at, part] of rest.of.entries()) {
      const largest = kept[islandOf[at]!]!;
      const isLarger = part >= 0 && (largest < 0 || rest.sizes[part]! > rest.sizes[largest]!);
      if (isLarger) kept[islandOf[at]!] = part;
    }
    const isFailed = new Set(failed);
    return this.#resources.flatMap(({ id }, at): Hit[] => {
      const part = rest.of[at]!;
      if (part >= 0 && part === kept[islandOf[at]!]) return [];
      const effect = part >= 0 ? "cut_off" : isFailed.has(id) ? "failed" : "hosted";
      return [{ resource: id, effect }];
    });
  }

  get #all(): Parts {
    return this.#whole ??= this.#parts(new Set());
  }

  #parts(gone: ReadonlySet<string>): Parts {
    const [starts, others] = [this.#starts, this.#others];
    const of = new Int32Array(this.#resources.length).fill(-1);
    const open = new Int32Array(of.length);
    const sizes: number[] = [];
    const isLeft = this.#resources.map(({ id }) => !gone.has(id));
    for (let first = 0; first < of.length; first++) {
      if (of[first]! >= 0 || !isLeft[first]) continue;
      let found = 0;
      const part = sizes.length;
      const reach = (node: number) => {
        of[node] = part;
        open[found++] = node;
      };
      reach(first);
      for (let at = 0; at < found; at++) {
        const node = open[at]!;
        for (let edge = starts[node]!; edge < starts[node + 1]!; edge++) {
          const other = others[edge]!;
          if (of[other]! < 0 && isLeft[other]) reach(other);
        }
      }
      sizes.push(found);
    }
    return { of, sizes };
  }
}
