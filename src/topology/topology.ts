/** The topology of a read model: what is joined to what, and what follows from that. */
import { centrality, neighbours } from "./ask_around.ts";
import { blastRadius, sharedFate } from "./ask_failure.ts";
import { path } from "./ask_path.ts";
import { route } from "./ask_route.ts";
import { cutPoints, islands, redundancy } from "./ask_structure.ts";
import type { TopologyAnswer } from "./answer.ts";
import { someOf } from "../table/some_of.ts";
import { type Cuts, cutsOf } from "./cuts.ts";
import { TopologyError } from "./error.ts";
import { Failures } from "./failure.ts";
import { tableFacts, type TopologyFacts, type TopologyResource } from "./facts.ts";
import { type CarryingGraph, carryingGraph } from "./graph.ts";
import { Routing } from "./routing.ts";

/**
 * The topology as of the moment of a read model.
 *
 * @param model of a replay; it is read once
 * @example
 * ```ts
 * import { openHistory, topologyOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * await using history = await openHistory({ archive: "data/samples/fleet" });
 * await using model = await history.replay();
 * const topology = await topologyOf(model);
 * strictEqual(topology.path("shop-web-01", "router-01").table().rows.length > 0, true);
 * ```
 */
export async function topologyOf(model: Parameters<typeof tableFacts>[0]): Promise<Topology> {
  return new Topology(await tableFacts(model));
}

/**
 * Resources and what joins them; made by {@linkcode topologyOf}. Resources are named by host name or id. What carries
 * traffic is cables, wireless and virtual links, and what joins a guest to its host; flows are what was seen on them.
 */
export class Topology {
  readonly #byId: Map<string, TopologyResource>;
  readonly #lost: readonly TopologyResource[];
  #graph: CarryingGraph | undefined;
  #cuts: Cuts | undefined;
  #failures: Failures | undefined;
  #routing: Routing | undefined;

  /**
   * @param facts in their order
   * @param lost resources that were there before, which whoever asks for them is told
   */
  constructor(readonly facts: TopologyFacts, lost: readonly TopologyResource[] = []) {
    this.#lost = lost;
    this.#byId = new Map(facts.resources.map((one) => [one.id, one]));
  }

  /** What carries traffic. */
  get graph(): CarryingGraph {
    return this.#graph ??= carryingGraph(this.facts);
  }

  /** What it hangs on. */
  get cuts(): Cuts {
    return this.#cuts ??= cutsOf(this.graph);
  }

  /** What comes of failures. */
  get failures(): Failures {
    return this.#failures ??= new Failures(this.facts, this.graph);
  }

  /** Its routing tables. */
  get routing(): Routing {
    return this.#routing ??= new Routing(this.facts);
  }

  /**
   * A resource by its id or host name.
   *
   * @throws {TopologyError} `unknown_resource`, `ambiguous_resource` where several have that name, or `lost_resource`
   * where it is one of those {@linkcode without} which this is
   */
  resource(said: string): TopologyResource {
    const known = this.#byId.get(said);
    if (known) return known;
    const { resources } = this.facts;
    const found = resources.filter(({ name }) => name === said);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const ids = someOf(found.map(({ id }) => id));
      throw new TopologyError(
        "ambiguous_resource",
        `${found.length} resources are called ${JSON.stringify(said)}: say an id, of ${ids}`,
      );
    }
    const lost = this.#lost.find(({ id, name }) => id === said || name === said);
    if (lost) {
      const message = `${lost.name} would be lost as well: it is one of them, or runs on one`;
      throw new TopologyError("lost_resource", message);
    }
    const there = resources.length === 0
      ? "nor anything else: run deno task cim discover, or ask about another moment"
      : `there are ${someOf(resources.map(({ name }) => name), said)}`;
    throw new TopologyError("unknown_resource", `There is no ${JSON.stringify(said)}: ${there}`);
  }

  /** The name of a resource, for people; the id itself where it is none. */
  nameOf(id: string): string {
    return this.#byId.get(id)?.name ?? id;
  }

  /**
   * The shortest paths between two resources, over what carries traffic.
   *
   * @throws {TopologyError}
   */
  path(from: string, to: string): TopologyAnswer {
    return path(this, this.resource(from), this.resource(to));
  }

  /**
   * How a packet gets from a resource to another one or to an address, by the routing tables on its way, and where it
   * stops.
   *
   * @throws {TopologyError} also `no_address` where the other one has none
   */
  route(from: string, to: string): TopologyAnswer {
    return route(this, this.resource(from), to);
  }

  /**
   * What is joined to a resource in any way, flows too, up to so many steps away.
   *
   * @throws {TopologyError}
   */
  neighbours(of: string, steps = 1): TopologyAnswer {
    return neighbours(this, this.resource(of), steps);
  }

  /**
   * What the failure of some resources would hit: what runs on them, and what would be cut off.
   *
   * @throws {TopologyError}
   */
  blastRadius(...failed: string[]): TopologyAnswer {
    return blastRadius(this, failed.map((one) => this.resource(one).id));
  }

  /** What else fails where one rack or one site does. */
  sharedFate(): TopologyAnswer {
    return sharedFate(this);
  }

  /** Single points of failure: resources and links without which others are cut off. */
  cutPoints(): TopologyAnswer {
    return cutPoints(this);
  }

  /** The parts that nothing that carries traffic joins. */
  islands(): TopologyAnswer {
    return islands(this);
  }

  /** For each resource by how much it is joined to others, and which single failures would cut it off. */
  redundancy(): TopologyAnswer {
    return redundancy(this);
  }

  /** Which resources lie on the shortest paths of the most others. */
  centrality(): TopologyAnswer {
    return centrality(this);
  }

  /**
   * What it would be without some resources, and what runs on them.
   *
   * @throws {TopologyError}
   */
  without(...lost: string[]): Topology {
    const gone = this.failures.withGuests(lost.map((one) => this.resource(one).id));
    const { resources, links, addresses, routes } = this.facts;
    const left = {
      resources: resources.filter(({ id }) => !gone.has(id)),
      links: links.filter(({ from, to }) => !gone.has(from) && !gone.has(to)),
      addresses: addresses.filter(({ resource }) => !gone.has(resource)),
      routes: routes.filter(({ resource }) => !gone.has(resource)),
    };
    return new Topology(left, [...this.#lost, ...resources.filter(({ id }) => gone.has(id))]);
  }
}
