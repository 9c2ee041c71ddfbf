/** What is in the graph: every text as it was said, and what lies between things, in whatever order they come. */
import { expect, test } from "vitest";
import type { RecordedEvent } from "../../src/domain/event.ts";
import { decodeEvent } from "../../src/domain/event.ts";
import { NOTHING_APPLIED } from "../../src/projections/checkpoint.ts";
import type { ProjectedEvent, Step } from "../../src/projections/projection.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** The events of some commands. */
async function eventsOf(...said: Said[]): Promise<ProjectedEvent[]> {
  const records = await Array.fromAsync((await history(...said)).read());
  return records.map((record) => ({ record, event: decodeEvent(record) }));
}

const LOG = { name: "graph", incarnation: "one" };

/** Applies events, one step for each list. */
async function apply(neo4j: TestNeo4j, graph: string, ...steps: ProjectedEvent[][]): Promise<void> {
  const projection = neo4j.projection(graph);
  await projection.initialize(LOG);
  let after = NOTHING_APPLIED.last_sequence;
  for (const events of steps) {
    const through = after + events.length;
    const step: Step = { after, through, events, skipped: 0, park: [], unpark: [] };
    await projection.projectBatch(step);
    after = through;
  }
  await projection.close();
}

const HOSTILE_STORY: Said[] = [
  ["RegisterCompute", {
    hostname: "web",
    resource_type: "virtual_machine",
    manufacturer: HOSTILE,
    model: HOSTILE,
    architecture: HOSTILE,
    cpu_model: HOSTILE,
    cpu_cores: 2,
    memory_bytes: Number.MAX_SAFE_INTEGER,
    operating_system: { name: HOSTILE, version: HOSTILE, kernel: HOSTILE },
    virtualization: { machine: HOSTILE, container: HOSTILE },
    evidence: { machine_id: "m1", serial: `${HOSTILE}1` },
    location: { site: HOSTILE, rack: HOSTILE, position: 3 },
    owner: HOSTILE,
    tags: { [HOSTILE]: HOSTILE, __proto__x: "" },
    interfaces: [{ name: HOSTILE, kind: "ethernet", mtu: 1500, addresses: ["10.0.0.7/24"] }],
    routes: [{
      destination: "0.0.0.0/0",
      gateway: "10.0.0.1",
      interface: HOSTILE,
      metric: 4_294_967_295,
    }],
  }],
  ["DefineNetwork", { name: HOSTILE, cidr: "10.0.0.0/24", vlan_id: 7 }],
  ["DefineNetwork", { name: "other", cidr: "10.0.0.0/24", vrf: HOSTILE }],
  ["ConfigureSoftware", {
    compute: "web",
    name: HOSTILE,
    kind: "process",
    version: HOSTILE,
    source: HOSTILE,
    listening: [{ transport: "tcp", address: "0.0.0.0", port: 80 }],
    configuration: { [HOSTILE]: HOSTILE },
  }],
  ["EstablishConnection", {
    from: { compute: "web", interface: HOSTILE },
    to: { address: "10.0.0.9", port: 5432 },
    kind: "flow",
    transport: "tcp",
    process: HOSTILE,
    speed_bps: 10_000_000_000,
  }],
  ["SetPolicy", {
    name: HOSTILE,
    description: HOSTILE,
    severity: "critical",
    selector: `resource.owner == ${JSON.stringify("ada")} || resource.hostname == "web"`,
    rule: "true",
    for: "5m",
  }],
  ["ChangeComputeStatus", { compute: "web", status: "maintenance", reason: HOSTILE }],
];

/** Where a text of somebody's has to come back as it was said. */
const TEXTS: Record<string, string[]> = {
  ComputeResource: [
    ...["manufacturer", "model", "architecture", "cpu_model", "os_name", "os_version", "os_kernel"],
    ...["virtualization_machine", "virtualization_container", "site", "rack", "owner"],
    "status_reason",
  ],
  Interface: ["name"],
  Network: ["name", "vrf"],
  Software: ["name", "version", "source"],
  Policy: ["name", "description"],
  CONNECTED_TO: ["process", "from_interface"],
  ROUTES_TO: ["interface"],
};

/** What the graph is held against. */
export function graph(neo4j: () => TestNeo4j): void {
  test("gives every text back byte for byte, whatever is in it, and every whole number as one", async () => {
    const events = await eventsOf(...HOSTILE_STORY);
    await apply(neo4j(), "hostile", events);
    const things = await neo4j().ask(
      "hostile",
      `MATCH (n:Cim) WHERE n.graph = $graph RETURN labels(n) AS kinds, n {.*} AS properties
       UNION ALL
       MATCH (n:Cim)-[r]->() WHERE n.graph = $graph RETURN [type(r)] AS kinds, r {.*} AS properties`,
    ) as { kinds: string[]; properties: Record<string, unknown> }[];
    for (const [kind, names] of Object.entries(TEXTS)) {
      const all = things.filter(({ kinds }) => kinds.includes(kind));
      for (const name of names) {
        expect(all.map(({ properties }) => properties[name]), `${kind}.${name}`).toContain(HOSTILE);
      }
    }
    for (const { properties } of things) {
      for (const [name, value] of Object.entries(properties)) {
        expect(typeof value, `${name} is no whole number`).not.toBe("number");
      }
    }
    const of = (kind: string) => things.find(({ kinds }) => kinds.includes(kind))!.properties;
    const { state, tags, memory_bytes } = of("ComputeResource");
    const last = events.at(-1)!.event as RecordedEvent;
    expect(JSON.parse(String(state))).toEqual(last.data);
    expect(tags).toEqual([`${HOSTILE}=${HOSTILE}`, "__proto__x="].sort());
    expect(memory_bytes).toBe(2n ** 53n - 1n);
    expect(of("Software")).toMatchObject({
      listening: ["tcp 0.0.0.0 80"],
      configuration: JSON.stringify({ [HOSTILE]: HOSTILE }),
    });
    expect(of("ROUTES_TO")).toMatchObject({ via: "10.0.0.1", metric: 4_294_967_295n });
    expect(of("Prefix")).toMatchObject({ cidr: "0.0.0.0/0" });
    expect(of("Address")).toMatchObject({ address: "10.0.0.9" });
    expect(things.filter(({ kinds }) => kinds.includes("IN_NETWORK")).length).toBe(2);
    expect(things.filter(({ kinds }) => kinds.includes("ENFORCES")).length).toBe(1);
  });

  const lan = (name: string, cidr = "10.0.0.0/24"): Said => ["DefineNetwork", { name, cidr }];
  const host = (hostname: string, more: object = {}): Said => ["RegisterCompute", {
    hostname,
    resource_type: "physical_server",
    interfaces: [{ name: "eth0", kind: "ethernet", addresses: [`10.0.0.${hostname.length}/24`] }],
    routes: [{ destination: "10.9.0.0/16", gateway: "10.0.0.1", interface: "eth0" }],
    ...more,
  } as never];
  const targets = async (graph: string, type: string) =>
    (await neo4j().ask(
      graph,
      `MATCH (a:Cim)-[r:${type}]->(b:Cim) WHERE a.graph = $graph
       RETURN coalesce(a.hostname, a.name, a.id) + ' ' + coalesce(b.hostname, b.name, b.id) AS pair
       ORDER BY pair`,
    )).map(({ pair }) => pair);

  test("an interface is in a network, and a route leads to one, whichever was known first", async () => {
    const events = await eventsOf(
      host("a"),
      lan("lan"),
      host("bb"),
      lan("far", "10.9.0.0/16"),
      ["RemoveNetwork", { cidr: "10.0.0.0/24" }],
      ["RemoveNetwork", { cidr: "10.9.0.0/16" }],
    );
    const [first, second, third, fourth, ...gone] = events.map((event) => [event]);
    await apply(neo4j(), "before", first!, second!, third!);
    expect(await targets("before", "IN_NETWORK")).toEqual(["eth0 lan", "eth0 lan"]);
    expect(await targets("before", "ROUTES_TO")).toEqual([
      "a prefix:10.9.0.0/16",
      "bb prefix:10.9.0.0/16",
    ]);
    await apply(neo4j(), "after", first!, second!, third!, fourth!);
    expect(await targets("after", "ROUTES_TO")).toEqual(["a far", "bb far"]);
    expect(await neo4j().ask("after", "MATCH (p:Prefix {graph: $graph}) RETURN p")).toEqual([]);
    await apply(neo4j(), "gone", first!, second!, third!, fourth!, ...gone);
    expect(await targets("gone", "IN_NETWORK")).toEqual([]);
    expect(await targets("gone", "ROUTES_TO")).toEqual(await targets("before", "ROUTES_TO"));
  });

  test("a policy is about what its selector picks, as long as it does", async () => {
    const policy = (name: string, selector: string): Said => [
      "SetPolicy",
      { name, severity: "info", selector, rule: "true" },
    ];
    const nginx = { compute: "bb", name: "nginx", kind: "package" } as const;
    const steps = (await eventsOf(
      host("a", { owner: "ada" }),
      host("bb", { cpu_cores: 4 }),
      policy("ada's", "resource.owner == 'ada'"),
      policy("large", "resource.cpu_cores > 2"),
      policy("web", "software.exists(one, one.name == 'nginx')"),
      policy("busy", "measurements['cpu'] > 0.5"),
      policy("new", "now - resource.first_seen_at < duration('24h')"),
      ["ConfigureSoftware", { ...nginx }],
      ["UpdateCompute", { compute: "bb", owner: "ada" }],
      ["RemoveSoftware", { ...nginx }],
      policy("large", "resource.cpu_cores > 8"),
      ["RevokePolicy", { name: "ada's" }],
    )).map((event) => [event]);
    const expected: [number, string[]][] = [
      // `a` has no cores that are known: that is an error, and picks nothing.
      [7, ["ada's a", "large bb"]],
      [8, ["ada's a", "large bb", "web bb"]],
      [9, ["ada's a", "ada's bb", "large bb", "web bb"]],
      [10, ["ada's a", "ada's bb", "large bb"]],
      [11, ["ada's a", "ada's bb"]],
      [12, []],
    ];
    for (const [end, pairs] of expected) {
      await apply(neo4j(), `policies-${end}`, ...steps.slice(0, end));
      expect(await targets(`policies-${end}`, "ENFORCES"), `behind ${end}`).toEqual(pairs);
    }
    const why = await neo4j().ask(
      "policies-7",
      `MATCH (p:Policy) WHERE p.graph = $graph AND p.not_judged IS NOT NULL
       RETURN p.name AS name, p.not_judged AS why ORDER BY name`,
    );
    expect(why).toEqual([
      { name: "busy", why: "it reads measurements: cim compliance judges it" },
      { name: "new", why: "it reads now: cim compliance judges it" },
    ]);
  });

  test("with a resource goes what belongs to it, and what was there for it alone", async () => {
    const events = await eventsOf(
      host("a"),
      host("bb", { host: "a", interfaces: [] }),
      ["ConfigureSoftware", { compute: "a", name: "nginx", kind: "package" }],
      ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "a" }],
      ["EstablishConnection", {
        from: { compute: "a", interface: "eth0" },
        to: { compute: "bb" },
        kind: "virtual",
      }],
      ["EstablishConnection", {
        from: { compute: "a" },
        to: { address: "10.0.0.9" },
        kind: "flow",
        transport: "tcp",
        port: 80,
      }],
      ["DecommissionCompute", { compute: "a" }],
    );
    await apply(neo4j(), "ended", ...events.map((event) => [event]));
    const left = await neo4j().ask(
      "ended",
      `MATCH (n:Cim) WHERE n.graph = $graph RETURN labels(n) AS labels, n.hostname AS hostname,
       n.cidr AS cidr ORDER BY labels(n)`,
    );
    expect(left).toEqual([
      { labels: ["Cim", "ComputeResource"], hostname: "bb", cidr: null },
      { labels: ["Cim", "Decommissioned"], hostname: null, cidr: null },
      { labels: ["Cim", "Prefix"], hostname: null, cidr: "10.9.0.0/16" },
    ]);
  });

  test("nobody else's nodes are touched, whatever their labels", async () => {
    await neo4j().ask("-", "CREATE (:Network {name: 'of somebody else'})-[:RUNS]->(:Software)");
    const events = await eventsOf(host("a"), lan("lan"));
    await apply(neo4j(), "ours", events);
    const projection = neo4j().projection("ours");
    await projection.initialize(LOG);
    await projection.reset();
    await projection.close();
    expect(await neo4j().ask("ours", "MATCH (n:Cim {graph: $graph}) RETURN n")).toEqual([]);
    const theirs = await neo4j().ask(
      "-",
      "MATCH (n:Network)-[:RUNS]->(m) WHERE n.graph IS NULL RETURN n.name AS name, labels(m) AS to",
    );
    expect(theirs).toEqual([{ name: "of somebody else", to: ["Software"] }]);
  });
}
