/** Files that are broken, or made to do harm: told by a code and a place, soon, and nothing comes of them. */
import { expect, test } from "vitest";
import { ImportError } from "../../src/importers/import_error.ts";
import { readTopology, type TopologyFormat } from "../../src/importers/topology_format.ts";
import { topologyCommands } from "../../src/importers/topology_commands.ts";

const stream = (text: string | Uint8Array<ArrayBuffer>) => new Blob([text]).stream();
const graphml = (inside: string, before = "") => `${before}<graphml>${inside}</graphml>`;
const clab = (links: string) => `name: a\ntopology:\n  nodes: {a: , b: }\n  links: ${links}\n`;

/** What a file is refused as. */
async function refusal(format: TopologyFormat, text: string | Uint8Array<ArrayBuffer>) {
  const since = performance.now();
  const error = await readTopology(stream(text), { file: "f", format }).then(
    () => undefined,
    (error) => error,
  );
  expect(performance.now() - since).toBeLessThan(10_000);
  expect(error).toBeInstanceOf(ImportError);
  const { code, line, column } = error as ImportError;
  return `${code} ${line ?? "-"}:${column ?? "-"}`;
}

const LAUGHS =
  `<!DOCTYPE graphml [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>`;
const BOMB = "a: &a [x, x]\n" +
  [..."bcdefghijklmnopqrst"].map((name, at) => {
    const before = String.fromCharCode("a".charCodeAt(0) + at);
    return `${name}: &${name} [${`*${before},`.repeat(9)}]\n`;
  }).join("") + "topology: {nodes: {a: *t}}\n";

test.each<[string, TopologyFormat, string | Uint8Array<ArrayBuffer>, string]>([
  ["GML without an end", "gml", "graph [\n node [ id 1", "syntax 2:13"],
  ["GML with an end too many", "gml", "graph [ ] ]", "syntax 1:11"],
  ["GML with a text without an end", "gml", 'graph [ label "a\n\n', "syntax 1:15"],
  ["GML with a key without a value", "gml", "graph [\n node [ id ]\n]", "syntax 2:9"],
  ["GML with a value without a key", "gml", "graph [ 7 ]", "syntax 1:9"],
  ["GML with a value that is none", "gml", "graph [ node [ id seven ] ]", "syntax 1:19"],
  [
    "GML with a number of a million digits",
    "gml",
    `graph [ id ${"1".repeat(1e6)} ]`,
    "syntax 1:12",
  ],
  ["GML of a million lists", "gml", "graph [ ".repeat(1e6), "too_deep 1:255"],
  ["GML of nothing", "gml", "", "no_topology -:-"],
  ["GML of two graphs", "gml", "graph [ ]\ngraph [ ]", "no_topology 2:1"],
  ["a picture", "gml", new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), "not_utf8 1:1"],
  ["Latin-1", "gml", new Uint8Array([10, 34, 0xe9, 34]), "not_utf8 2:2"],
  ["GraphML without an end", "graphml", "<graphml>\n<graph>", "syntax 2:8"],
  ["GraphML with an end that is another's", "graphml", graphml("<graph></grap>"), "syntax 1:24"],
  ["GraphML of entities in entities", "graphml", graphml("<graph>&b;</graph>", LAUGHS), "syntax"],
  ["GraphML that asks for a file", "graphml", graphml("<graph>&f;</graph>", LAUGHS), "syntax"],
  ["GraphML of a million elements", "graphml", graphml("<a>".repeat(1e6)), "too_deep 1:202"],
  ["GraphML without a graph", "graphml", graphml(""), "no_topology -:-"],
  ["a page", "graphml", "<html><graph/></html>", "no_topology -:-"],
  ["YAML that is none", "containerlab", "a: [\nb: }", "syntax 2:1"],
  ["YAML of aliases of aliases", "containerlab", BOMB, "syntax -:-"],
  ["YAML with an alias of nothing", "containerlab", "topology: *x", "syntax"],
  ["YAML of brackets", "containerlab", "[".repeat(400_000), "too_deep 1:65"],
  ["YAML of brackets in lines", "containerlab", "[\n".repeat(200_000), "too_deep 65:1"],
  ["YAML of lists in a line", "containerlab", "- ".repeat(200_000), "too_deep 1:1"],
  ["YAML of questions in a line", "containerlab", "? ".repeat(200_000), "too_deep 1:1"],
  [
    "YAML of stairs",
    "containerlab",
    Array.from({ length: 900 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
    "no_topology -:-",
  ],
  ["YAML of two documents", "containerlab", "a: 1\n---\nb: 2\n", "syntax 2:1"],
  ["YAML without nodes", "containerlab", "topology: {nodes: }", "no_topology -:-"],
])("%s is refused", async (_, format, text, expected) => {
  expect(await refusal(format, text)).toContain(expected);
});

test("Of a file that is too large no more is read than may be", async () => {
  let read = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1_000_000;
      controller.enqueue(new Uint8Array(1_000_000).fill(32));
    },
  });
  await expect(readTopology(endless, { file: "big.gml", format: "gml" })).rejects.toThrow(
    "big.gml: it has more than 32 MB, the most that is read of gml",
  );
  expect(read).toBeLessThan(40_000_000);
});

test("A large file is read in seconds, however its nodes are called and its edges lie", async () => {
  const nodes = Array.from({ length: 20_000 }, (_, id) => `node [ id ${id} label "same" ]\n`);
  const edges = Array.from({ length: 40_000 }, () => "edge [ source 1 target 2 ]\n");
  const text = `graph [\n${nodes.join("")}${edges.join("")}]`;
  const since = performance.now();
  const topology = await readTopology(stream(text), { file: "f.gml", format: "gml" });
  const { commands } = topologyCommands(topology, { file: "f.gml" });
  expect(commands).toHaveLength(60_000);
  expect(performance.now() - since).toBeLessThan(30_000);
});

test.each(["__proto__", "constructor", "toString", "<script>", "\u202Egpj", "a\u0000b"])(
  "A node may be called %j",
  async (name) => {
    const yaml = clab(`[{endpoints: ["a:e1", "b:e1"]}]`).replace(
      "{a: ,",
      `{${JSON.stringify(name)}: {group: ${JSON.stringify(name)}}, a: ,`,
    );
    const { nodes } = await readTopology(stream(yaml), { file: "f", format: "containerlab" });
    expect(nodes.map(({ id }) => id)).toEqual([name, "a", "b"]);
  },
);
