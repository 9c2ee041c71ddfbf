import { describe, expect, test } from "vitest";
import type { CommandData } from "../../src/domain/command.ts";
import { given, type Said } from "./given.ts";

const host = (hostname: string): Said => [
  "RegisterCompute",
  {
    hostname,
    resource_type: "switch",
    interfaces: [{ name: "p1", kind: "ethernet", addresses: [] }, {
      name: "p2",
      kind: "ethernet",
      addresses: [],
    }],
  },
];
const hosts = [host("a"), host("b"), host("c")];
const cable: CommandData["EstablishConnection"] = {
  from: { compute: "a", interface: "p1" },
  to: { compute: "b", interface: "p1" },
  kind: "cable",
};

const things: [string, Said, Said, string][] = [
  [
    "network",
    ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24", vrf: "red", vlan_id: 7 }],
    ["RemoveNetwork", { cidr: "10.0.0.0/24", vrf: "red", reason: "moved" }],
    "NetworkRemoved",
  ],
  [
    "cable, said from its other end",
    ["EstablishConnection", { ...cable, speed_bps: 10 }],
    ["SeverConnection", {
      from: cable.to as typeof cable.from,
      to: cable.from,
      kind: "cable",
      reason: "moved",
    }],
    "ConnectionSevered",
  ],
  [
    "flow",
    ["EstablishConnection", {
      from: { compute: "a" },
      to: { address: "10.0.0.9", port: 5432 },
      kind: "flow",
      transport: "tcp",
      process: "psql",
    }],
    ["SeverConnection", {
      from: { compute: "a" },
      to: { address: "10.0.0.9" },
      port: 5432,
      kind: "flow",
      transport: "tcp",
      process: "psql",
      reason: "moved",
    }],
    "ConnectionSevered",
  ],
  [
    "program",
    ["ConfigureSoftware", { compute: "a", name: "nginx", kind: "process", version: "1" }],
    ["RemoveSoftware", { compute: "a", name: "nginx", kind: "process", reason: "moved" }],
    "SoftwareRemoved",
  ],
  [
    "policy",
    ["SetPolicy", { name: "patched", severity: "info", selector: "true", rule: "true" }],
    ["RevokePolicy", { name: "patched", reason: "moved" }],
    "PolicyRevoked",
  ],
];

describe.each(things)("A %s", (_, make, remove, event) => {
  test("is removed with its last state and the reason", () => {
    const past = given(...hosts);
    const [made] = past.when(...make).decision().facts;
    given(...hosts, make).when(...remove).then({
      event_type: event as never,
      data: { ...made!.data, reason: "moved" },
    });
  });

  test("that is not there is nothing to remove, and that is said", () => {
    for (const past of [given(...hosts), given(...hosts, make, remove)]) {
      const { decision, thenNothing } = past.when(...remove);
      thenNothing();
      expect(decision().findings).toMatchObject([{ code: "not_there" }]);
    }
  });

  test("can be made again, and is then in a new life", () => {
    const again = given(...hosts, make, remove);
    const { facts, aggregate_id } = again.when(...make).decision();
    expect(facts).toEqual(given(...hosts).when(...make).decision().facts);
    expect(again.inventory.version(aggregate_id)).toBe(0);
    given(...hosts, make, remove, make).when(...make).thenNothing();
  });
});

describe("One interface takes one cable", () => {
  const second: Said = ["EstablishConnection", { ...cable, to: { compute: "c", interface: "p1" } }];

  test("which a declared second one is refused for, and a seen one is a finding of", () => {
    const past = given(...hosts, ["EstablishConnection", cable]);
    past.when("EstablishConnection", second[1] as typeof cable, "declared")
      .thenRefused("interface_in_use", "from");
    expect(past.when(...second).decision().findings)
      .toMatchObject([{ code: "interface_in_use" }]);
    past.when("EstablishConnection", cable, "declared").thenNothing();
  });

  test("and when it is pulled out the interface is free", () => {
    const pulled: Said = ["SeverConnection", cable];
    expect(
      given(...hosts, ["EstablishConnection", cable], pulled).when(...second).decision().findings,
    ).toEqual([]);
  });
});

test("An interface that a resource is not known to have is a finding", () => {
  const odd = { ...cable, to: { compute: "b", interface: "p9" } };
  const { decision } = given(...hosts).when("EstablishConnection", odd);
  expect(decision().findings).toMatchObject([{
    code: "unknown_interface",
    field: "to/interface",
  }]);
});

test("A neighbour is the same when its MAC address changes, which is recorded", () => {
  const neighbour = (mac_address: string): Said => ["EstablishConnection", {
    from: { compute: "a", interface: "p1" },
    to: { address: "10.0.0.1", mac_address },
    kind: "neighbour",
  }];
  const past = given(...hosts, neighbour("02:00:00:00:00:01"));
  past.when(...neighbour("02-00-00-00-00-01")).thenNothing();
  const { aggregate_id, facts } = past.when(...neighbour("02:00:00:00:00:02")).decision();
  expect(past.inventory.get("connection", aggregate_id)).toBeDefined();
  expect(facts).toMatchObject([{ data: { to: { mac_address: "02:00:00:00:00:02" } } }]);
});

describe("A network's gateway and parent fit its prefix", () => {
  const lan = { name: "lan", cidr: "10.0.0.0/24" };

  test("a declared gateway outside is refused, and a seen one is a finding", () => {
    const outside = { ...lan, gateway: "10.0.1.1" };
    given().when("DefineNetwork", outside, "declared").thenRefused("invalid", "gateway");
    expect(given().when("DefineNetwork", outside).decision().findings)
      .toMatchObject([{ code: "gateway_outside" }]);
    given(["DefineNetwork", outside]).when("DefineNetwork", outside).thenNothing();
  });

  test.each(["10.0.1.0/24", "10.0.0.0/24", "10.0.0.0/25", "fd00::/8"])(
    "and %s is no parent of it",
    (parent) => {
      given().when("DefineNetwork", { ...lan, parent }).thenRefused("invalid", "parent");
    },
  );
});

describe("Concepts and labels", () => {
  const concept = {
    space: "compute",
    name: "web server",
    prototypes: [{ "performance.cpu": 0.3, "capacity.memory": 8e9 }],
    weights: { "performance.cpu": 2 },
    threshold: 0.85,
    learned_from: { first_sequence: 1, last_sequence: 90, method: "k-means" },
  };

  test("a concept is defined once, and anew when it is different", () => {
    given().when("DefineConcept", concept).then({ event_type: "ConceptDefined", data: concept });
    given(["DefineConcept", concept]).when("DefineConcept", concept).thenNothing();
    const { weights: _, ...without } = concept;
    given(["DefineConcept", concept]).when("DefineConcept", without)
      .then({ event_type: "ConceptDefined", data: without });
  });

  test("refuses weights of no dimension, and events in the wrong order", () => {
    given().when("DefineConcept", { ...concept, weights: { "performance.disk": 1 } })
      .thenRefused("invalid", "weights/performance.disk");
    const learned_from = { first_sequence: 9, last_sequence: 1, method: "x" };
    given().when("DefineConcept", { ...concept, learned_from })
      .thenRefused("invalid", "learned_from/last_sequence");
  });

  test("a learned concept says how its members vary, by a matrix that has an inverse", () => {
    const whitened = (rows: number[][], dimensions = ["performance.cpu", "capacity.memory"]) => ({
      ...concept,
      metric: "whitened" as const,
      covariance: { dimensions, rows },
    });
    const learned = whitened([[0.04, 0.01], [0.01, 0.09]]);
    given().when("DefineConcept", learned).then({ event_type: "ConceptDefined", data: learned });
    const refused: [object, string][] = [
      [whitened([[0.04, 0.01]]), "covariance/rows"],
      [whitened([[0.04, 0.01], [0.01]]), "covariance/rows"],
      [whitened([[0.04, 0.01], [0.02, 0.09]]), "covariance/rows"],
      [whitened([[0.04, 0.06], [0.06, 0.09]]), "covariance/rows"],
      [whitened([[0.04, 0], [0, -1]]), "covariance/rows"],
      [whitened([[1]], ["performance.disk"]), "covariance/dimensions/0"],
      [
        whitened([[1, 0], [0, 1]], ["performance.cpu", "performance.cpu"]),
        "covariance/dimensions/1",
      ],
      [{ ...concept, metric: "whitened" }, "covariance"],
      [{ ...learned, metric: "weighted" }, "metric"],
    ];
    for (const [data, field] of refused) {
      given().when("DefineConcept", data as never).thenRefused("invalid", field);
    }
  });

  test("a resource has one label in a space, and the newest counts", () => {
    const label = (concept: string): Said => ["LabelResource", {
      compute: "a",
      space: "compute",
      concept,
    }];
    const past = given(...hosts, label("web server"));
    past.when(...label("web server")).thenNothing();
    const first = past.when(...label("web server")).decision().aggregate_id;
    const { aggregate_id, facts } = past.when(...label("database")).decision();
    expect(aggregate_id).toBe(first);
    expect(facts).toMatchObject([{
      event_type: "ResourceLabelled",
      data: { compute: past.inventory.idsWith("hostname:a")[0], concept: "database" },
    }]);
  });
});
