/** `cim import topology` as people and programs use it: a real log, and the model that is made of it. */
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseTopology, topologyFormatOf } from "../../src/importers/topology_format.ts";
import { topologyOf } from "../../src/topology/topology.ts";
import { openWorkspace } from "../../src/workspace.ts";
import { pathOf } from "../importers/files.ts";
import { parsed, Place } from "./cim.ts";

let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(() => place?.[Symbol.asyncDispose]());

/** The Topology Zoo, where it is there. */
const zoo = process.env["CIM_TOPOLOGIES"];

describe.each([
  { path: pathOf("paris.gml"), code: 3 },
  { path: pathOf("campus.graphml"), code: 0 },
  { path: pathOf("two-tier.clab.yml"), code: 3 },
  ...zoo === undefined
    ? []
    : ["Geant2011.gml", "Colt.gml"].map((file) => ({ path: join(zoo, file), code: 0 })),
])("$path", ({ path, code }) => {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const domain = file.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase();
  const run = (...more: string[]) =>
    place.run(["import", "topology", path, "--domain", domain, ...more]);

  test(
    "is a topology with its nodes and edges, and imported again it changes nothing",
    async () => {
      const first = await run();
      expect(first, first.err).toMatchObject({ code });
      expect(first.out).toMatch(/^Read +1 file, \d+ nodes, \d+ edges\nAccepted +\d+ commands, seq/);
      const lines = parsed((await run("--json")).out);
      const answered = lines.filter(({ message_id }) => message_id !== undefined);
      expect(answered.length).toBeGreaterThan(0);
      expect(answered.filter(({ outcome }) => outcome === "accepted")).toEqual([]);

      await using workspace = await openWorkspace({ folder: join(place.folder, "data", "local") });
      await using model = await workspace.replay();
      const { facts } = await topologyOf(model);
      const source = parseTopology(await Deno.readTextFile(path), {
        file,
        format: topologyFormatOf(file),
      });
      const tags = await model.sql`
      SELECT compute_id::VARCHAR AS id, tags ->> 'topology_id' AS node FROM resources
      WHERE tags ->> 'topology_file' = ${file}`;
      const node = new Map(tags.rows.map((row) => [row["id"], row["node"]]));
      expect([...node.values()].sort()).toEqual(source.nodes.map(({ id }) => id).sort());
      const pairs = facts.links.filter(({ from }) => node.has(from)).map(({ from, to }) =>
        [node.get(from), node.get(to)].sort().join(" ")
      );
      const passed = lines.filter(({ outcome, message }) =>
        outcome === "refused" || outcome === "passed_over" && !message.includes("speed")
      );
      const skipped = new Set(passed.map(({ line }) => line));
      const edges = source.edges.filter(({ at }) => !skipped.has(at.line))
        .map(({ source, target }) => [source, target].sort().join(" "));
      expect(pairs.sort()).toEqual(edges.sort());
    },
    240_000,
  );
});

test("What the handler refuses is told by its place in the file, and the rest is kept", async () => {
  const { code, out } = await place.run(["import", "topology", pathOf("two-tier.clab.yml")]);
  expect(code).toBe(3);
  const refused = out.slice(out.indexOf("Refused")).replaceAll(/\S*\/(?=two-tier)/g, "");
  expect(refused.replaceAll(/\([0-9a-f-]{36}\)/g, "(ID)"))
    .toMatchInlineSnapshot(`
      "Refused      4
                   two-tier.clab.yml:26:5: the node "broken" is no map of fields
                   two-tier.clab.yml:40:7: the link has no two ends, each NODE:INTERFACE
                   two-tier.clab.yml:41:7: there is no node with the id "ghost"
                   two-tier.clab.yml:39:7: from: another cable (ID) is plugged in there; sever it first
      Passed over  2
                   two-tier.clab.yml:36:7: the link goes to mgmt-net, which is no node
                   two-tier.clab.yml:37:7: the link goes to host, which is no node
      "
    `);
});

test("A dry run prints what cim submit takes, and writes nothing", async () => {
  const before = (await place.run(["log", "--json"])).out;
  const dry = await place.run(["import", "topology", pathOf("paris.gml"), "--dry-run"]);
  expect(dry.code).toBe(3);
  expect(dry.err).toMatch(/paris\.gml:18:3: refused: the id "5" is that of the node in line 17/);
  expect((await place.run(["log", "--json"])).out).toBe(before);
  const submitted = await place.run(["submit", "-"], { stdin: dry.out });
  expect(submitted, submitted.out).toMatchObject({ code: 0 });
  expect(submitted.out).toMatch(/^Accepted +11 commands/);
  const again = await place.run(["import", "topology", pathOf("paris.gml")]);
  expect(again.out).toMatch(/\nAccepted +0 commands\nUnchanged +11 commands\nRefused +3\n/);
});

test("A machine that is known keeps what is known of it", async () => {
  const machine = {
    hostname: "spare",
    resource_type: "physical_server",
    interfaces: [{ name: "eth0", addresses: ["10.9.9.9/24"] }],
    location: { site: "north", rack: "r1" },
    tags: { tier: "gold" },
  };
  await place.run(["submit", "-"], {
    stdin: JSON.stringify({ command: "RegisterCompute", data: machine }),
  });
  const file = await place.file("own.gml", 'graph [ node [ id 1 label "Spare" country "Peru" ] ]');
  const { code, out } = await place.run(["import", "topology", file]);
  expect(out).toMatch(/Accepted +1 command,/);
  expect(code).toBe(0);
  const [event] = parsed((await place.run(["log", "--json", "--type", "ComputeUpdated"])).out)
    .filter(({ data }) => data.hostname === "spare");
  expect(event.data).toMatchObject({
    ...machine,
    tags: { tier: "gold", label: "Spare", topology_file: "own.gml", topology_id: "1" },
  });
});

test("Of several files nothing is written where one cannot be read, and it is said where", async () => {
  await place.file("good.gml", 'graph [ node [ id 1 label "good" ] ]');
  await place.file("bad.gml", "graph [\n  node [ id 1\n");
  const before = (await place.run(["log", "--json"])).out;
  const { code, out, err } = await place.run(["import", "topology", "good.gml", "bad.gml"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/cim: bad\.gml:3:1: a \] is missing\n$/);
  expect((await place.run(["log", "--json"])).out).toBe(before);
});

test("A name that two files have is one resource, as the first file says it", async () => {
  await place.file("one.gml", 'graph [ node [ id 1 label "Hub" ] ]');
  await place.file("two.gml", 'graph [ node [ id 7 label "hub" ] ]');
  const both = ["import", "topology", "one.gml", "two.gml"];
  expect((await place.run(both)).out).toMatch(
    /Accepted +1 command,[^]*Passed over +1\n +two\.gml:1:9: hub is in one\.gml too/,
  );
  expect((await place.run(both)).out).toMatch(/Accepted +0 commands\nUnchanged +1 command\n/);
});

test.each([
  [["lab.yml"], 1, /its name does not say what it is .*: say --format/],
  [["nowhere.gml"], 1, /Cannot read nowhere\.gml/],
  [["--format", "dot", "a"], 2, /Allowed choices are gml, graphml, containerlab/],
  [["--domain", "a b", "a.gml"], 2, /is not a host name/],
  [[], 2, /missing required argument 'files'/],
])("cim import topology %j exits with %s", async (args, code, message) => {
  const ran = await place.run(["import", "topology", ...args]);
  expect(ran.code).toBe(code);
  expect(ran.err).toMatch(message);
});
