/** What the algorithms find is what is found the slow way, on multigraphs with hosts and several parts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shortestPaths } from "../../src/topology/paths.ts";
import type { Topology } from "../../src/topology/topology.ts";
import * as slow from "./brute_force.ts";
import { network, type Said } from "./networks.ts";

const RUNS = { numRuns: 300, seed: 11 };

/** Up to nine resources, some of which run on others, and some links, of which several may join the same two. */
function topologies(withHosts: boolean): fc.Arbitrary<Topology> {
  return fc.integer({ min: 1, max: 9 }).chain((size) => {
    const node = fc.integer({ min: 0, max: size - 1 });
    return fc.record({
      // In another order than that in which they are found, so that ties are not broken by chance.
      names: fc.shuffledSubarray([..."abcdefghi"].slice(0, size), { minLength: size }),
      links: fc.array(fc.tuple(node, node, fc.constantFrom("cable", "virtual", "flow")), {
        maxLength: 14,
      }),
      hosts: fc.array(fc.option(node), { minLength: size, maxLength: size }),
    });
  }).map(({ names, links, hosts }) =>
    network(
      names.map((name, at): Said => {
        const host = hosts[at];
        return withHosts && host != null && at % 3 === 0 ? { name, host: names[host]! } : { name };
      }),
      links.map(([from, to, kind]) => ({ from: names[from]!, to: names[to]!, kind })),
    )
  );
}

/** Holds a statement about all topologies of that kind. */
function holds(withHosts: boolean, check: (topology: Topology) => void): void {
  fc.assert(fc.property(topologies(withHosts), check), RUNS);
}

describe("The slow way finds the same", () => {
  test("cut points and bridges, and how many each parts from the largest rest", () =>
    holds(true, (topology) => {
      const graph = slow.plain(topology);
      const points = graph.nodes
        .map((id) => ({ id, parted: slow.partedBy(graph, [id]).length }))
        .filter(({ parted }) => parted > 0);
      expect(topology.cuts.points).toEqual(points);
      const bridges = graph.edges
        .map(({ id }) => ({ id, parted: slow.partedBy(graph, [], id).length }))
        .filter(({ parted }) => parted > 0);
      expect(topology.cuts.bridges).toEqual(bridges);
    }));

  test("how many others each resource hangs on, also where parts are of one size", () =>
    holds(true, (topology) => {
      const graph = slow.plain(topology);
      for (const id of graph.nodes) {
        const on = graph.nodes.filter((other) => slow.partedBy(graph, [other]).includes(id));
        expect(topology.cuts.hangsOn.get(id), id).toBe(on.length);
      }
    }));

  test("all shortest paths, in order, however many are told", () =>
    holds(true, (topology) => {
      const graph = slow.plain(topology);
      for (const from of graph.nodes) {
        for (const to of graph.nodes) {
          const all = slow.paths(graph, from, to).sort();
          const { hops, count, paths } = shortestPaths(topology.graph, from, to, 3);
          expect(count).toBe(BigInt(all.length));
          expect(hops).toBe(all[0] && all[0].length - 1);
          expect(paths).toEqual(all.slice(0, 3));
        }
      }
    }));

  test("islands", () =>
    holds(true, (topology) => {
      expect(topology.failures.islands).toEqual(slow.parts(slow.plain(topology)));
    }));

  test("what the failure of any two hits: what runs on them, and what is then parted from the rest", () =>
    holds(true, (topology) => {
      const graph = slow.plain(topology);
      const { resources } = topology.facts;
      for (const [at, one] of graph.nodes.entries()) {
        for (const other of graph.nodes.slice(at)) {
          const gone = new Set([one, other]);
          for (const _ of resources) {
            for (const { id, host } of resources) if (host && gone.has(host)) gone.add(id);
          }
          const parted = slow.partedBy(graph, [...gone]);
          const effects = new Map(
            topology.failures.hits([one, other])
              .map(({ resource, effect }) => [resource, effect]),
          );
          for (const id of graph.nodes) {
            const expected = id === one || id === other
              ? "failed"
              : gone.has(id)
              ? "hosted"
              : parted.includes(id)
              ? "cut_off"
              : undefined;
            expect(effects.get(id), `${id} without ${one} and ${other}`).toBe(expected);
          }
        }
      }
    }));

  test("betweenness, for which parallel links are one", () =>
    holds(false, (topology) => {
      const expected = slow.betweenness(slow.plain(topology));
      for (const { resource, betweenness } of topology.centrality().table().rows) {
        expect(betweenness).toBeCloseTo(expected.get(String(resource))!, 5);
      }
    }));

  test("what is left without some resources is what is found when they were never there", () =>
    holds(true, (topology) => {
      for (const { id } of topology.facts.resources) {
        const left = topology.without(id);
        const graph = slow.plain(left);
        expect(graph.nodes).not.toContain(id);
        expect(left.facts.resources.every(({ host }) => host !== id)).toBe(true);
        expect(left.failures.islands).toEqual(slow.parts(graph));
      }
    }));
});
