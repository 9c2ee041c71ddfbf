/**
 * Topologies that nobody here drew: with `CIM_TOPOLOGIES`, a folder of GML files such as those of the Internet Topology
 * Zoo, and a `python3` that has networkx, every file has the nodes and edges here that it has there.
 */
import { join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import { readTopology } from "../../src/importers/topology_format.ts";
import { topologyCommands } from "../../src/importers/topology_commands.ts";

/** Some of them have parallel links, and do not say that they have. */
const NETWORKX = `
import json, networkx as nx, pathlib, sys
known = {}
for path in pathlib.Path(sys.argv[1]).glob("*.gml"):
    text = path.read_text().replace("graph [", "graph [\\n  multigraph 1", 1)
    graph = nx.parse_gml(text.splitlines(), label="id")
    known[path.name] = [len(graph), graph.number_of_edges() - nx.number_of_selfloops(graph)]
print(json.dumps(known))
`;
const folder = process.env["CIM_TOPOLOGIES"];

/** Asks about them, where there are any. */
export function zoo(): void {
  if (folder === undefined) return;
  test("networkx reads the same nodes, and the same edges but for those to themselves", async () => {
    const { success, stdout, stderr } = await new Deno.Command("python3", {
      args: ["-c", NETWORKX, folder],
    }).output();
    expect(success, new TextDecoder().decode(stderr)).toBe(true);
    const known: Record<string, [number, number]> = JSON.parse(new TextDecoder().decode(stdout));
    expect(Object.keys(known).length).toBeGreaterThan(0);
    for (const [file, expected] of Object.entries(known)) {
      const { readable } = await Deno.open(join(folder, file));
      const topology = await readTopology(readable, { file, format: "gml" });
      const { commands, refused } = topologyCommands(topology, { file });
      const ofKind = (kind: string) => commands.filter(({ command }) => command === kind);
      const hosts = ofKind("RegisterCompute").map(({ data }) => (data as RegisterCompute).hostname);
      expect([new Set(hosts).size, ofKind("EstablishConnection").length], file).toEqual(expected);
      expect(refused, file).toEqual([]);
    }
  });
}
