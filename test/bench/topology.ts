/** How fast paths are found: in the graph in memory, against Cypher's own search on a server that has the same one. */
import type { Driver } from "neo4j-driver";
import { inOrder, type TopologyFacts } from "../../src/topology/facts.ts";
import { Topology } from "../../src/topology/topology.ts";
import { program, startTestNeo4j } from "../servers/neo4j_server.ts";
import { type Measure, median } from "./measure.ts";

const SPINES = 16;
const SERVERS = 40;
const RACKS = 2_380;
const PATHS = 100;
const GRAPH = "paths";

/** Paths in a data centre of 100,000 resources, once it is read: its racks have two switches, and one server in two both. */
export async function topology(): Promise<Measure[]> {
  if (!program) return [];
  const server = await startTestNeo4j();
  const projection = server.projection(GRAPH);
  try {
    await projection.initialize({ name: "bench", incarnation: "one" });
    return await measured(await projection.connect());
  } finally {
    await projection.close();
    await server.stop();
  }
}

async function measured(driver: Driver): Promise<Measure[]> {
  const facts = dataCentre();
  await send(driver, facts);
  const began = performance.now();
  const embedded = new Topology(facts);
  const { order } = embedded.graph;
  const built = (performance.now() - began) / 1_000;
  const cuts = seconds(() => embedded.cuts);
  const times: { ours: number; theirs: number }[] = [];
  const session = driver.session({ defaultAccessMode: "READ" });
  for (const [from, to] of pairs()) {
    let hops: unknown;
    const ours = seconds(() => hops = embedded.path(from, to).table().rows.at(-1)?.hop);
    const before = performance.now();
    const { records: [record] } = await session.run(
      `MATCH (a:Cim {graph: $graph, id: $from}), (b:Cim {graph: $graph, id: $to})
       MATCH path = shortestPath((a)-[:CONNECTED_TO*]-(b)) RETURN length(path) AS hops`,
      { graph: GRAPH, from, to },
    );
    const theirs = (performance.now() - before) / 1_000;
    const found = Number(record?.get("hops"));
    if (hops !== found) throw new Error(`${from} to ${to}: ${hops} hops, and ${found}`);
    times.push({ ours, theirs });
  }
  await session.close();
  const warm = times.slice(PATHS / 2);
  const [ours, theirs] = (["ours", "theirs"] as const).map((which) =>
    median(warm.map((one) => one[which]))
  ) as [number, number];
  return [
    {
      name: `a path between two of ${order} resources, all shortest ones counted`,
      baseline: "shortestPath on a Neo4j, which finds one of them",
      ours: `${(1_000 * ours).toFixed(2)} ms`,
      theirs: `${(1_000 * theirs).toFixed(2)} ms`,
      ratio: ours / theirs,
      atMost: 1,
    },
    {
      name: `all single points of failure of ${order} resources`,
      baseline: "making their graph in memory",
      ours: `${cuts.toFixed(2)} s`,
      theirs: `${built.toFixed(2)} s`,
      ratio: cuts / built,
      atMost: 3,
    },
  ];
}

function seconds(work: () => unknown): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1_000;
}

/** Pairs of servers, far from each other and not. */
function pairs(): [string, string][] {
  return Array.from({ length: PATHS }, (_, at) => [
    `server-${at * 7919 % RACKS}-${at % SERVERS}`,
    `server-${at * 104_729 % RACKS}-${(at * 3 + 1) % SERVERS}`,
  ]);
}

function dataCentre(): TopologyFacts {
  const ids: string[] = Array.from({ length: SPINES }, (_, spine) => `spine-${spine}`);
  const cables: [string, string][] = [];
  for (let rack = 0; rack < RACKS; rack++) {
    for (const leaf of [`leaf-${rack}-a`, `leaf-${rack}-b`]) {
      ids.push(leaf);
      for (let spine = 0; spine < SPINES; spine++) cables.push([leaf, `spine-${spine}`]);
    }
    for (let one = 0; one < SERVERS; one++) {
      const server = `server-${rack}-${one}`;
      ids.push(server);
      cables.push([server, `leaf-${rack}-a`]);
      if (one % 2 === 1) cables.push([server, `leaf-${rack}-b`]);
    }
  }
  const nothing = { type: null, host: null, site: null, rack: null, position: null };
  const unsaid = { from_interface: null, to_interface: null, speed_bps: null };
  return inOrder({
    resources: ids.map((id) => ({ id, name: id, ...nothing })),
    links: cables.map(([from, to], at) => {
      return { id: `cable-${at}`, kind: "cable", from, to, port: null, process: null, ...unsaid };
    }),
    addresses: [],
    routes: [],
  });
}

/** The nodes and relationships that a path leads over, as the projection makes them. */
async function send(driver: Driver, { resources, links }: TopologyFacts): Promise<void> {
  const parts = async (statement: string, rows: readonly object[]) => {
    for (let at = 0; at < rows.length; at += 5_000) {
      await driver.executeQuery(statement, { graph: GRAPH, rows: rows.slice(at, at + 5_000) });
    }
  };
  await parts(
    `UNWIND $rows AS row CREATE (:Cim:ComputeResource {graph: $graph, id: row.id})`,
    resources.map(({ id }) => ({ id })),
  );
  await parts(
    `UNWIND $rows AS row
     MATCH (a:Cim {graph: $graph, id: row.from}) MATCH (b:Cim {graph: $graph, id: row.to})
     CREATE (a)-[:CONNECTED_TO {graph: $graph, id: row.id, kind: 'cable'}]->(b)`,
    links.map(({ id, from, to }) => ({ id, from, to })),
  );
}
