/** Topologies in files → commands. */
import { describe, expect, test } from "vitest";
import { parseTopology, topologyFormatOf } from "../../src/importers/topology_format.ts";
import { topologyCommands } from "../../src/importers/topology_commands.ts";
import { hostNames } from "../../src/importers/host_names.ts";
import { linkSpeed } from "../../src/importers/link_speed.ts";
import { resourceTypeOf } from "../../src/importers/resource_type.ts";
import { hostname } from "../../src/domain/values.ts";
import { parsedFile, summary } from "./files.ts";
import { zoo } from "./zoo.ts";

zoo();

test("A GML file's nodes are resources and its edges cables; what makes no sense in it is told by its line", () => {
  expect(summary("paris.gml")).toMatchInlineSnapshot(`
    {
      "cables": [
        "paris-0 paris-1 10000000000",
        "paris-1:to-paris-0-2 paris-0:to-paris-1-2 2500000000",
        "paris-0:to-paris-1-3 paris-1:to-paris-0-3",
        "paris-0 node-4",
        "node-4:a saint-denis-north:b",
      ],
      "hosts": [
        "paris-0 router",
        "paris-1 unknown",
        "koln-bonn unknown",
        "dongjing unknown",
        "node-4 unknown",
        "saint-denis-north unknown",
      ],
      "networks": [],
      "passedOver": [
        "23:3 it goes from koln-bonn to itself",
        "24:3 its speed, which is no number of bits per second; the cable is kept",
      ],
      "refused": [
        "18:3 the id "5" is that of the node in line 17 too: give it one of its own",
        "19:3 the node has no id",
        "26:3 there is no node with the id "9"",
      ],
    }
  `);
});

test("A GraphML file is read with its defaults, drawn labels and inner graphs; a cable has two directions", () => {
  expect(summary("campus.graphml")).toMatchInlineSnapshot(`
    {
      "cables": [
        "core-a:xe-0 hall-library:1 40000000000",
        "core-a n2",
        "core-a:to-n2-2 n2:to-core-a-2",
      ],
      "hosts": [
        "core-a router",
        "hall-library switch",
        "n2 switch",
        "group switch",
      ],
      "networks": [],
      "passedOver": [
        "14:5 it is the other direction of the one in line 13",
        "17:5 it is the other direction of the one in line 15",
        "18:5 a hyperedge is no cable",
      ],
      "refused": [],
    }
  `);
});

test("A containerlab file is read with its defaults, groups and kinds, and its management networks", () => {
  expect(summary("two-tier.clab.yml")).toMatchInlineSnapshot(`
    {
      "cables": [
        "spine1:e1-1 leaf1:eth1",
        "spine1:e1-2 vfw-1:ge-0/0/0",
        "leaf1:eth2 host1:eth1",
        "spine1:e1-1 host1:eth2",
      ],
      "hosts": [
        "spine1 router",
        "leaf1 switch",
        "vfw-1 firewall",
        "host1 container",
      ],
      "networks": [
        {
          "cidr": "172.100.100.0/24",
          "gateway": "172.100.100.1",
          "name": "lab-mgmt",
        },
        {
          "cidr": "2001:172:100:100::/80",
          "name": "lab-mgmt",
        },
      ],
      "passedOver": [
        "36:7 the link goes to mgmt-net, which is no node",
        "37:7 the link goes to host, which is no node",
      ],
      "refused": [
        "26:5 the node "broken" is no map of fields",
        "40:7 the link has no two ends, each NODE:INTERFACE",
        "41:7 there is no node with the id "ghost"",
      ],
    }
  `);
});

test("A resource keeps what its node was called, where it is drawn, and from which file it is", () => {
  const { commands } = topologyCommands(parsedFile("paris.gml"), { file: "paris.gml" });
  expect(commands[0]).toEqual({
    command: "RegisterCompute",
    at: { line: 5, column: 3 },
    data: {
      hostname: "paris-0",
      resource_type: "router",
      location: { site: "France" },
      tags: {
        label: "Paris",
        latitude: "48.85341",
        longitude: "2.3488",
        country: "France",
        type: "Router",
        topology_file: "paris.gml",
        topology_id: "0",
      },
      interfaces: [],
    },
  });
});

test("What is known by its name stays what it is, and only gets tags", () => {
  const isKnown = (name: string) => name === "koln-bonn";
  const { commands } = topologyCommands(parsedFile("paris.gml"), { file: "paris.gml", isKnown });
  expect(commands.filter(({ command }) => command === "UpdateCompute")).toEqual([{
    command: "UpdateCompute",
    at: { line: 14, column: 3 },
    data: {
      compute: "koln-bonn",
      tags: {
        label: "Köln / Bonn",
        country: "Germany",
        topology_file: "paris.gml",
        topology_id: "2",
      },
    },
  }]);
});

test("A domain is put behind every host name, at the ends of cables too", () => {
  const { hosts, cables } = summary("two-tier.clab.yml", { domain: "lab.example" });
  expect(hosts[0]).toBe("spine1.lab.example router");
  expect(cables[0]).toBe("spine1.lab.example:e1-1 leaf1.lab.example:eth1");
});

describe("Host names", () => {
  const names = (...labels: (string | undefined)[]) => {
    const at = { line: 1, column: 1 };
    const nodes = labels.map((label, id) => ({
      id: String(id),
      attributes: new Map(label === undefined ? [] : [["label", label]]),
      at,
    }));
    return [...hostNames(nodes, undefined).values()];
  };

  test("are labels in small letters, digits and hyphens", () => {
    expect(names("São Paulo", "Łódź", "Москва", "St. Louis", "--x--", "a/b", "Web-01.Example.org"))
      .toEqual(["sao-paulo", "lodz", "moskva", "st-louis", "x", "a-b", "web-01.example.org"]);
  });

  test("are made of ids where a label has no letters, or none is there", () => {
    expect(names(undefined, "???", "  ", "7")).toEqual(["node-0", "node-1", "node-2", "node-7"]);
  });

  test("are told apart by ids, also from names that look like that", () => {
    expect(names("a", "A", "a 0", "node 3", undefined)).toEqual(
      ["a-0-2", "a-1", "a-0", "node-3", "node-4"],
    );
    const long = "x".repeat(100);
    const found = names(long, `${long}!`, `${long}.${long}`);
    expect(new Set(found).size).toBe(3);
    for (const name of found) expect(hostname(name, "name")).toBe(name);
  });
});

test.each([
  [{ linkspeedraw: "2500000000.0" }, 2_500_000_000],
  [{ bandwidth: "10G" }, 10_000_000_000],
  [{ bandwidth: "100 Mbit/s" }, 100_000_000],
  [{ speed: "1.5Mbps" }, 1_500_000],
  [{ bandwidth: "1e9" }, 1_000_000_000],
  [{ bandwidth: "fast" }, null],
  [{ bandwidth: "0" }, null],
  [{ bandwidth: "9e99" }, null],
  [{ linklabel: "10G" }, undefined],
])("The speed of a link of %j is %s bits per second", (attributes, speed) => {
  expect(linkSpeed(new Map(Object.entries(attributes)))).toBe(speed);
});

test.each([
  ["linux", "container"],
  ["bridge", "switch"],
  ["ovs-bridge", "switch"],
  ["srl", "router"],
  ["nokia_srlinux", "router"],
  ["vr-sros", "router"],
  ["juniper_crpd", "router"],
  ["ceos", "switch"],
  ["arista_ceos", "switch"],
  ["cisco_n9kv", "switch"],
  ["nvidia_cumulusvx", "switch"],
  ["sonic-vs", "switch"],
  ["vr-vsrx", "firewall"],
  ["fortinet_fortigate", "firewall"],
  ["f5_bigip-ve", "load_balancer"],
  ["generic_vm", "virtual_machine"],
  ["vyosnetworks_vyos", "router"],
  ["vr-somethingnew", "router"],
  ["host", undefined],
  ["something else", undefined],
])("containerlab's kind %s is %s", (kind, type) => {
  expect(resourceTypeOf(new Map([["kind", kind]]))).toBe(type);
});

test.each([
  ["Aarnet.gml", "gml"],
  ["a.GraphML", "graphml"],
  ["lab.clab.yml", "containerlab"],
  ["lab.clab.yaml", "containerlab"],
])("%s is told by its name to be %s", (file, format) => {
  expect(topologyFormatOf(file)).toBe(format);
});

test("What its name does not tell has to be said", () => {
  expect(() => topologyFormatOf("lab.yml")).toThrow(
    "lab.yml: its name does not say what it is (.gml, .graphml, .clab.yml, .clab.yaml): say --format",
  );
  const { nodes } = parseTopology("graph [ node [ id 1 ] ]", { file: "lab.txt", format: "gml" });
  expect(nodes).toHaveLength(1);
});
