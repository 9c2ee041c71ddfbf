/** How a packet gets from one resource to another, and where it stops. */
import { describe, expect, test } from "vitest";
import type { Topology } from "../../src/topology/topology.ts";
import { addresses, network, routes } from "./networks.ts";

/** Two networks with a router between them, of which one end is a host with a container. */
const OFFICE = network(
  ["web", { name: "box", host: "web" }, "gate", "db", "old"],
  ["web gate", "web gate", "gate db"],
  {
    addresses: addresses({
      web: ["10.0.0.7/24", "127.0.0.1/8", "fe80::7/64", "172.17.0.1/16"],
      box: ["172.17.0.2/16", "127.0.0.1/8"],
      gate: ["10.0.0.1/24", "10.1.0.1/24", "fd00::1/64"],
      db: ["10.1.0.9/24", "127.0.0.1/8", "fd00:0:0::9/64"],
      old: ["10.1.0.12/24", "172.17.0.1/16", "not an address/24"],
    }),
    routes: routes({
      web: ["0.0.0.0/0 10.0.0.1"],
      box: ["0.0.0.0/0 172.17.0.1"],
      gate: ["10.2.0.0/16 10.1.0.12", "10.2.9.0/24 10.1.0.13", "no prefix 10.1.0.9"],
      db: ["0.0.0.0/0 10.1.0.1"],
      old: ["10.2.0.0/16 10.1.0.1"],
    }),
  },
);

/** The resources on the way, and the sentence. */
function way(topology: Topology, from: string, to: string) {
  const answer = topology.route(from, to);
  return { hops: answer.table().column("resource"), said: answer.said, arrives: answer.arrives };
}

describe("A packet", () => {
  test("follows the tables, and what an address says is on its own link needs no line in them", () => {
    expect(way(OFFICE, "web", "db")).toEqual({
      hops: ["web", "gate", "db"],
      said: "A packet from web to 10.1.0.9 arrives at db after 2 hops",
      arrives: true,
    });
    expect(OFFICE.route("web", "db").table().rows[1]).toEqual({
      hop: 2,
      resource: "gate",
      prefix: "10.1.0.0/24",
      gateway: null,
      interface: "eth1",
      metric: 0,
      alike: 0,
    });
  });

  test("is at home where the address is its own", () => {
    expect(way(OFFICE, "web", "127.0.0.1").said).toMatch(/arrives at web after 0 hops$/);
    expect(way(OFFICE, "gate", "10.1.0.1").hops).toEqual(["gate"]);
  });

  test("goes by IPv6 as well, however an address is spelt", () => {
    expect(way(OFFICE, "gate", "FD00::0009")).toMatchObject({
      hops: ["gate", "db"],
      arrives: true,
    });
    expect(way(OFFICE, "web", "fd00::9").said).toMatch(/stops at web, which has no route for it$/);
  });

  test("takes the longest prefix, and leaves for an address that nobody known has", () => {
    expect(way(OFFICE, "web", "10.2.9.1")).toEqual({
      hops: ["web", "gate"],
      said: "A packet from web to 10.2.9.1 leaves gate for 10.1.0.13, which no known resource has",
      arrives: false,
    });
  });

  test("goes round in circles where two tables name each other", () => {
    expect(way(OFFICE, "db", "10.2.1.1")).toEqual({
      hops: ["db", "gate", "old"],
      said: "A packet from db to 10.2.1.1 goes round in circles: old hands it back to 10.1.0.1",
      arrives: false,
    });
  });

  test("of a container leaves by the bridge of its own host, though others have that address too", () => {
    expect(way(OFFICE, "box", "10.1.0.9").hops).toEqual(["box", "web", "gate", "db"]);
    expect(way(OFFICE, "web", "172.17.0.2").hops).toEqual(["web", "box"]);
    const twins = network(["a", "b", "c"], [], {
      addresses: addresses({ a: ["10.0.0.1/24"], b: ["10.0.0.2/24"], c: ["10.0.0.2/24"] }),
    });
    expect(way(twins, "a", "10.0.0.2").said).toMatch(/for 10.0.0.2, which several resources have$/);
  });

  test("of equally long prefixes takes that with the lowest metric, and others as good are counted", () => {
    const two = network(["a", "b", "c", "d"], [], {
      addresses: addresses({
        a: ["10.0.0.1/24"],
        b: ["10.0.0.2/24"],
        c: ["10.0.0.3/24"],
        d: ["10.9.0.1/32"],
      }),
      routes: routes({
        a: ["10.9.0.0/16 10.0.0.3 5", "10.9.0.0/16 10.0.0.2 20", "10.9.0.0/16 10.0.0.2 5"],
        b: ["10.9.0.0/16 10.0.0.3"],
      }),
    });
    expect(two.route("a", "10.9.0.1").table().rows[0]).toMatchObject({
      gateway: "10.0.0.2",
      metric: 5,
      alike: 1,
    });
  });

  test("to a resource of several addresses goes to one that it reaches", () => {
    const split = network(["a", "b"], [], {
      addresses: addresses({ a: ["10.5.0.1/24"], b: ["10.0.0.2/24", "10.5.0.2/24"] }),
    });
    expect(way(split, "a", "b")).toMatchObject({ hops: ["a", "b"], arrives: true });
    expect(() => network(["a", "b"]).route("a", "b")).toThrow(
      expect.objectContaining({ code: "no_address" }),
    );
  });

  test("is asked about by name where a name looks like a number", () => {
    const named = network(["a", "10"], [], {
      addresses: addresses({ a: ["10.0.0.1/24"], "10": ["10.0.0.2/24"] }),
    });
    expect(way(named, "a", "10").hops).toEqual(["a", "10"]);
  });

  test("is seen on the links that it takes, also where a switch is between two that hand it on", () => {
    const { highlight } = network(["a", "switch", "b"], ["a switch", "switch b", "a switch"], {
      addresses: addresses({ a: ["10.0.0.1/24"], b: ["10.0.0.2/24"] }),
    }).route("a", "b");
    expect(highlight).toEqual({
      resources: ["a", "b"],
      links: ["link-000000", "link-000002", "link-000001"],
    });
  });
});
