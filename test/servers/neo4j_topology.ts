/** Questions to a topology: the graph answers as the tables do. */
import { expect, test } from "vitest";
import type { EventLog } from "../../src/log/log.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { replay } from "../../src/replay/replay.ts";
import type { TopologyAnswer } from "../../src/topology/answer.ts";
import { graphFacts } from "../../src/topology/graph_facts.ts";
import type { TopologyFacts } from "../../src/topology/facts.ts";
import { Topology, topologyOf } from "../../src/topology/topology.ts";
import { fleetLog } from "../projections/sample_log.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";
import { Place } from "./cim.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** The topology of a log by its tables, and by a graph that is made of it. */
async function both(neo4j: TestNeo4j, log: EventLog, graph: string) {
  await runToEnd(log, neo4j.projection(graph));
  const projection = neo4j.projection(graph);
  try {
    const { facts, sequence } = await graphFacts(projection);
    await using model = await replay(log);
    expect(sequence).toBe(model.checkpoint.last_sequence);
    return { tables: await topologyOf(model), graph: new Topology(facts) };
  } finally {
    await projection.close();
  }
}

/** Every question that there is, about some resources. */
function everything(topology: Topology, names: readonly string[]): unknown[] {
  const told = (ask: () => TopologyAnswer) => {
    try {
      const answer = ask();
      const { said, highlight, arrives } = answer;
      return { said, highlight, arrives, rows: answer.table().rows };
    } catch (error) {
      return String(error); // of somebody without an address
    }
  };
  const pairs = names.flatMap((from) => names.map((to) => [from, to] as const));
  return [
    ...pairs.map(([from, to]) => told(() => topology.path(from, to))),
    ...pairs.map(([from, to]) => told(() => topology.route(from, to))),
    ...names.map((name) => told(() => topology.neighbours(name, 3))),
    ...names.map((name) => told(() => topology.blastRadius(name))),
    ...names.map((name) => told(() => topology.without(name).islands())),
    told(() => topology.sharedFate()),
    told(() => topology.cutPoints()),
    told(() => topology.islands()),
    told(() => topology.redundancy()),
    told(() => topology.centrality()),
  ];
}

const server = (hostname: string, at: number, more: object = {}): Said => ["RegisterCompute", {
  hostname,
  resource_type: "physical_server",
  evidence: { machine_id: `m${at}` },
  interfaces: [
    { name: "eth0", addresses: [`10.0.0.${at}/24`, `fd00::${at}/64`] },
    { name: HOSTILE, addresses: ["172.17.0.1/16"] },
  ],
  routes: [
    { destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: "eth0", metric: 4_294_967_295 },
    { destination: "10.0.0.0/24", interface: "eth0" },
    { destination: "10.0.0.0/24", interface: "eth0" },
  ],
  location: { site: HOSTILE, rack: HOSTILE, position: at },
  ...more,
} as never];
const joined = (from: string, to: string, more: object): Said =>
  ["EstablishConnection", { from: { compute: from }, to: { compute: to }, ...more }] as never;

/** Interfaces and racks with names to be afraid of, two networks of one prefix, guests of hosts that are gone, links to oneself. */
const STORY: Said[] = [
  server("a", 1),
  server("b", 2),
  server("gone", 3),
  server("guest", 4, { host: "b" }),
  server("orphan", 5, { host: "gone" }),
  ["DefineNetwork", { name: "one", cidr: "10.0.0.0/24" }],
  ["DefineNetwork", { name: "other", cidr: "10.0.0.0/24", vrf: HOSTILE }],
  joined("a", "b", { kind: "cable", speed_bps: 10_000_000_000 }),
  ["EstablishConnection", {
    from: { compute: "b", interface: "eth0" },
    to: { compute: "b", interface: HOSTILE },
    kind: "virtual",
  }],
  joined("b", "gone", { kind: "wireless" }),
  joined("guest", "orphan", { kind: "flow", transport: "tcp", port: 80, process: HOSTILE }),
  ["EstablishConnection", {
    from: { compute: "b" },
    to: { address: "10.0.0.9" },
    kind: "neighbour",
  }],
  ["DecommissionCompute", { compute: "gone" }],
];

/** What is asked of both. */
export function topology(neo4j: () => TestNeo4j): void {
  test("every question about the fleet has the same answer from the graph as from the tables", async () => {
    const { tables, graph } = await both(neo4j(), await fleetLog(), "whole");
    expect(graph.facts).toEqual(tables.facts);
    expect(tables.facts.routes.length).toBeGreaterThan(50);
    const names = tables.facts.resources.map(({ name }) => name).filter((_, at) => at % 6 === 0);
    expect(everything(graph, names)).toEqual(everything(tables, names));
  });

  test("and about what has hostile names, is gone, or is joined to itself", async () => {
    const log = await history(...STORY);
    const { tables, graph } = await both(neo4j(), log, "odd");
    expect(graph.facts).toEqual(tables.facts);
    expect(tables.facts.links.map(({ kind }) => kind).sort()).toEqual(["cable", "flow", "virtual"]);
    expect(tables.resource("orphan").host).toBeNull();
    const names = tables.facts.resources.map(({ name }) => name);
    expect(everything(graph, names)).toEqual(everything(tables, names));
  });

  test("asked while it is written, the graph answers as of one event", async () => {
    const log = await history(...STORY);
    const [writing, asked] = [neo4j().projection("moving"), neo4j().projection("moving")];
    await writing.initialize(log);
    let isWriting = true;
    const written = runToEnd(log, writing, { stepEvents: 2 }).finally(() => isWriting = false);
    const seen = new Map<number, TopologyFacts>();
    while (isWriting) {
      const { facts, sequence } = await graphFacts(asked);
      if (sequence > 0) seen.set(sequence, facts);
    }
    await written;
    await asked.close();
    expect(seen.size).toBeGreaterThan(1);
    for (const [sequence, facts] of seen) {
      await using model = await replay(log, { sequence });
      expect(facts, `at ${sequence}`).toEqual((await topologyOf(model)).facts);
    }
  });

  test("cim topology --from neo4j asks the graph, and says so where there is none", async () => {
    const { uri, username, password } = neo4j().login;
    const env = { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password };
    await using place = await Place.make(env);
    await neo4j().remove("cim");
    const none = await place.run(["topology", "islands", "--from", "neo4j"]);
    expect([none.code, none.out]).toEqual([1, ""]);
    expect(none.err).toMatch(/^cim: Neo4j has no graph: run deno task cim project neo4j$/m);
    const { tables } = await both(neo4j(), await history(...STORY), "cim");
    const asked = await place.run(["topology", "neighbours", "b", "--from", "neo4j", "--json"]);
    expect(asked.code, asked.err).toBe(0);
    const { sequence, said, rows } = JSON.parse(asked.out);
    expect({ sequence, said, rows }).toEqual({
      sequence: STORY.length,
      said: tables.neighbours("b").said,
      rows: tables.neighbours("b").table().rows,
    });
    const wrong = await place.run(["topology", "islands", "--from", "neo4j"], {
      env: { NEO4J_PASSWORD: "hunter2" },
    });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/^cim: NEO4J_PASSWORD is not the one of NEO4J_USERNAME/m);
  });
}
