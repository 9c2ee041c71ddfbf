/**
 * What networkx finds in graphs is found here as well: path lengths and numbers, cut points and bridges with what they
 * part, islands, betweenness. `networkx.json` has some graphs of our own with what networkx 3.6.1 said of them. With
 * `CIM_TOPOLOGIES`, a folder of GML files such as those of the Internet Topology Zoo, and a `python3` that has networkx,
 * these are asked about as well, and answered by both.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { shortestPaths } from "../../src/topology/paths.ts";
import { network } from "./networks.ts";

interface Known {
  nodes: string[];
  edges: [string, string][];
  expected: {
    islands: string[][];
    /** How many each parts from the largest rest. */
    points: Record<string, number>;
    /** By their ends, `a b`. */
    bridges: Record<string, number>;
    /** Between two, `a b`: hops, and how many; null where there is none. */
    paths: Record<string, [number, number] | null>;
    betweenness: Record<string, number>;
  };
}

/** What networkx says of the graphs of a folder. */
async function asked(folder: string): Promise<Record<string, Known>> {
  const script = fileURLToPath(new URL("networkx_results.py", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command("python3", {
    args: [script, "--gml", folder],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const own = await Deno.readTextFile(new URL("networkx.json", import.meta.url));
const folder = process.env["CIM_TOPOLOGIES"];
const graphs: Record<string, Known> = {
  ...JSON.parse(own),
  ...folder === undefined ? {} : await asked(folder),
};

describe.each(Object.entries(graphs))("Of %s networkx says the same", (_, known) => {
  const { nodes, edges, expected } = known;
  const topology = network(nodes, edges.map(([from, to]) => ({ from, to })));

  test("islands", () => expect(topology.failures.islands.sort()).toEqual(expected.islands));

  test("cut points and bridges", () => {
    const { points, bridges } = topology.cuts;
    expect(Object.fromEntries(points.map(({ id, parted }) => [id, parted])))
      .toEqual(expected.points);
    const ends = (id: string) => topology.graph.extremities(id).sort().join(" ");
    expect(Object.fromEntries(bridges.map(({ id, parted }) => [ends(id), parted])))
      .toEqual(expected.bridges);
  });

  test("the length and number of shortest paths", () => {
    for (const [pair, path] of Object.entries(expected.paths)) {
      const [from, to] = pair.split(" ");
      const { hops, count } = shortestPaths(topology.graph, from!, to!, 0);
      expect(hops === undefined ? null : [hops, Number(count)], pair).toEqual(path);
    }
  });

  test("betweenness", () => {
    for (const { resource, betweenness } of topology.centrality().table().rows) {
      expect(betweenness, String(resource)).toBeCloseTo(expected.betweenness[String(resource)]!, 5);
    }
  });
});
