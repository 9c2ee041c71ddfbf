import { describe, expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import { given, type Said } from "./given.ts";

const compute = (hostname: string): ["RegisterCompute", RegisterCompute] => [
  "RegisterCompute",
  { hostname, resource_type: "switch", interfaces: [] },
];
const idOf = (past: ReturnType<typeof given>, hostname: string) =>
  past.inventory.idsWith(`hostname:${hostname}`)[0]!;

describe("DefineNetwork", () => {
  const lan = { name: "office", cidr: "10.0.0.0/24", gateway: "10.0.0.1" };

  test("defines a network once", () => {
    given().when("DefineNetwork", lan).then({ event_type: "NetworkDefined", data: lan });
    given(["DefineNetwork", lan]).when("DefineNetwork", lan).thenNothing();
  });

  test("declares it anew when something about it is different, and keeps what is not said", () => {
    given(["DefineNetwork", lan])
      .when("DefineNetwork", { name: "Office", cidr: "10.0.0.0/24" }, "declared")
      .then({ event_type: "NetworkDefined", data: { ...lan, name: "Office" } });
  });

  test("and what a machine sees of it fills in what is not known, and takes no name away", () => {
    const seen = { name: "10.0.0.0/24", cidr: "10.0.0.0/24", kind: "lan", vlan_id: 7 } as const;
    given(["DefineNetwork", lan]).when("DefineNetwork", seen)
      .then({ event_type: "NetworkDefined", data: { ...seen, ...lan } });
    given(["DefineNetwork", lan], ["DefineNetwork", seen])
      .when("DefineNetwork", { ...seen, kind: "bridge" }).thenNothing();
  });

  test("but of one that is on one host alone that host knows best", () => {
    const own = (kind: "bridge" | "lan"): Said => [
      "DefineNetwork",
      { name: `docker0 ${kind}`, cidr: "172.17.0.0/16", scope: "a", kind },
    ];
    const past = given(compute("a"), own("lan"));
    expect(past.when(...own("bridge")).decision().facts)
      .toMatchObject([{ data: { name: "docker0 bridge", kind: "bridge" } }]);
  });

  test("keeps networks that exist once per host apart by their host", () => {
    const bridge = (scope: string) =>
      ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope }] as const;
    const past = given(compute("a"), compute("b"), [...bridge("a")]);
    past.when(...bridge("a")).thenNothing();
    past.when(...bridge("b")).then({
      event_type: "NetworkDefined",
      data: { ...bridge("b")[1], scope: idOf(past, "b") },
    });
  });

  test("takes a gateway that is seen and contradicts the known one for a finding, and changes it when told to", () => {
    const past = given(["DefineNetwork", lan]);
    const other = { ...lan, gateway: "10.0.0.254" };
    const seen = past.when("DefineNetwork", other);
    const { findings } = seen.decision();
    expect(findings).toMatchObject([{ code: "network_conflict", field: "gateway" }]);
    // The finding is recorded once, and the gateway stays as it is known.
    seen.then({ event_type: "NetworkDefined", data: { ...lan, findings } });
    given(["DefineNetwork", lan], ["DefineNetwork", other]).when("DefineNetwork", other)
      .thenNothing();
    given(["DefineNetwork", lan], ["DefineNetwork", other]).when("DefineNetwork", lan)
      .thenNothing();
    past.when("DefineNetwork", other, "declared").then({
      event_type: "NetworkDefined",
      data: other,
    });
  });

  test("keeps the same prefix in two VRFs apart", () => {
    const { decision } = given(["DefineNetwork", { ...lan, vrf: "red" }])
      .when("DefineNetwork", { ...lan, vrf: "blue" });
    expect(decision().facts).toHaveLength(1);
  });

  test("refuses an address inside a network, and says which network", () => {
    const { thenRefused, decision } = given().when("DefineNetwork", {
      ...lan,
      cidr: "10.0.0.5/24",
    });
    thenRefused("invalid", "cidr");
    expect(decision).toThrow("10.0.0.0/24");
  });

  test("refuses a scope that is not registered", () => {
    given().when("DefineNetwork", { ...lan, scope: "nobody" }).thenRefused(
      "unknown_compute",
      "scope",
    );
  });
});

describe("EstablishConnection", () => {
  test("a cable is the same from either end", () => {
    const ends = [{ compute: "a", interface: "p1" }, { compute: "b", interface: "p2" }] as const;
    given(compute("a"), compute("b"), ["EstablishConnection", {
      from: ends[0],
      to: ends[1],
      kind: "cable",
    }]).when("EstablishConnection", { from: ends[1], to: ends[0], kind: "cable" }).thenNothing();
  });

  test("a flow has a direction, and its port from the end it goes to", () => {
    const past = given(compute("a"));
    const flow = {
      from: { compute: "a" },
      to: { address: "10.0.0.9", port: 5432 },
      kind: "flow",
      transport: "tcp",
      process: "psql",
    } as const;
    past.when("EstablishConnection", flow).then({
      event_type: "ConnectionEstablished",
      data: {
        ...flow,
        from: { compute: idOf(past, "a") },
        to: { address: "10.0.0.9" },
        port: 5432,
      },
    });
  });

  test("a flow is the same however its port is said, and another one with another port or program", () => {
    const flow = {
      from: { compute: "a" },
      kind: "flow",
      transport: "tcp",
      process: "psql",
    } as const;
    const past = given(compute("a"), ["EstablishConnection", {
      ...flow,
      to: { address: "10.0.0.9", port: 5432 },
    }]);
    past.when("EstablishConnection", { ...flow, to: { address: "10.0.0.9" }, port: 5432 })
      .thenNothing();
    for (const other of [{ port: 5433 }, { process: "pgbench" }, { transport: "udp" as const }]) {
      const { decision } = past.when("EstablishConnection", {
        ...flow,
        to: { address: "10.0.0.9" },
        port: 5432,
        ...other,
      });
      expect(decision().facts).toHaveLength(1);
    }
  });

  test("two ports of one address are two ends", () => {
    const to = (
      port: number,
    ) => ({ from: { compute: "a" }, kind: "virtual", to: { address: "10.0.0.9", port } } as const);
    const past = given(compute("a"), ["EstablishConnection", to(1)]);
    expect(past.when("EstablishConnection", to(2)).decision().aggregate_id)
      .not.toBe(past.when("EstablishConnection", to(1)).decision().aggregate_id);
  });

  test.each(
    [
      ["port", { to: { address: "10.0.0.9" }, kind: "flow", transport: "tcp" }],
      ["port", { to: { address: "10.0.0.9", port: 1 }, port: 2, kind: "flow", transport: "tcp" }],
      ["transport", { to: { address: "10.0.0.9", port: 1 }, kind: "flow" }],
      ["to/address", { to: { address: "10.0.0", port: 1 }, kind: "flow", transport: "tcp" }],
      ["to", { to: { compute: "a" }, kind: "cable" }],
    ] as const,
  )("refuses one without sense in %s", (field, data) => {
    given(compute("a"))
      .when("EstablishConnection", { from: { compute: "a" }, ...data })
      .thenRefused("invalid", field);
  });

  test("refuses an end that is not registered", () => {
    given(compute("a")).when("EstablishConnection", {
      from: { compute: "a" },
      to: { compute: "z" },
      kind: "cable",
    }).thenRefused("unknown_compute", "to/compute");
  });
});

describe("ConfigureSoftware", () => {
  const nginx = { compute: "a", name: "nginx", kind: "process" } as const;

  test("says the same in whatever order the listening addresses come", () => {
    const at = (port: number) => ({ transport: "tcp" as const, address: "0.0.0.0", port });
    given(compute("a"), ["ConfigureSoftware", { ...nginx, listening: [at(443), at(80)] }])
      .when("ConfigureSoftware", { ...nginx, listening: [at(80), at(443)] }).thenNothing();
  });

  test("records a new version", () => {
    const past = given(compute("a"), ["ConfigureSoftware", {
      compute: "a",
      name: "curl",
      kind: "package",
      source: "dpkg",
      version: "8.1",
    }]);
    past.when("ConfigureSoftware", {
      compute: idOf(past, "a"),
      name: "curl",
      kind: "package",
      source: "dpkg",
      version: "8.2",
    }).then({
      event_type: "SoftwareConfigured",
      data: {
        compute: idOf(past, "a"),
        name: "curl",
        kind: "package",
        source: "dpkg",
        version: "8.2",
      },
    });
  });

  test("keeps packages of the same name from different managers apart", () => {
    const one = { compute: "a", name: "requests", kind: "package", version: "1" } as const;
    const { decision } = given(compute("a"), ["ConfigureSoftware", { ...one, source: "dpkg" }])
      .when("ConfigureSoftware", { ...one, source: "pip" });
    expect(decision().facts).toHaveLength(1);
  });

  test("refuses a listening address that is none", () => {
    given(compute("a")).when("ConfigureSoftware", {
      ...nginx,
      listening: [{ transport: "tcp", address: "*", port: 80 }],
    }).thenRefused("invalid", "listening/0/address");
  });
});

describe("SetPolicy", () => {
  const policy = { name: "patched", severity: "warning", selector: "true", rule: "true" } as const;

  test("sets a policy once, and anew when it is different", () => {
    given().when("SetPolicy", policy).then({ event_type: "PolicySet", data: policy });
    given(["SetPolicy", policy]).when("SetPolicy", policy).thenNothing();
    given(["SetPolicy", { ...policy, description: "old" }])
      .when("SetPolicy", policy).then({ event_type: "PolicySet", data: policy });
  });
});
