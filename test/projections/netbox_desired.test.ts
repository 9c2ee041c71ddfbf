/** What there should be in NetBox, example by example. */
import { describe, expect, test } from "vitest";
import { decodeEvent } from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { desiredState } from "../../src/projections/netbox/desired/desired_state.ts";
import { History } from "../../src/sample/history.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { estate, idOf, type Said } from "./netbox_estate.ts";
import { wrongs } from "./netbox_rules.ts";

/** The objects of what is said, by what they are called, and the findings. */
function desired(said: Said) {
  const state = desiredState(estate(said));
  expect(wrongs(state)).toEqual([]);
  const named = (kind: string, title: string) =>
    state.objects.find((one) => one.kind === kind && one.title === title);
  return {
    fields: (kind: string, title: string) => named(kind, title)?.fields,
    later: (kind: string, title: string) => named(kind, title)?.later,
    titles: (kind: string) =>
      state.objects.filter((one) => one.kind === kind).map(({ title }) => title),
    findings: state.findings.map(({ kind, title, reason }) => `${kind} ${title}: ${reason}`),
    state,
  };
}
const ref = (key: string) => ({ ref: key });
const port = (name: string, ...addresses: string[]) =>
  ({ name, kind: "ethernet", addresses }) as const;

describe("A device", () => {
  test("has a type, a role, a platform, a status, a serial number and a place", () => {
    const { fields, findings } = desired({
      computes: {
        "web-01": {
          manufacturer: "Dell Inc.",
          model: "PowerEdge R640",
          operating_system: { name: "Debian GNU/Linux", version: "12.7", kernel: "6.1" },
          evidence: { serial: "ABC123" },
          location: { site: "Berlin", room: "2.17", rack: "A1", position: 3 },
          status: "maintenance",
          owner: "ada",
          tags: { env: "prod" },
        },
      },
    });
    expect(fields("device", "web-01")).toEqual({
      name: "web-01",
      status: "offline",
      role: ref("device_role:server"),
      platform: ref("platform:debian-gnu-linux-12-7"),
      device_type: ref("device_type:dell-inc/poweredge-r640"),
      site: ref("site:berlin"),
      rack: ref("rack:berlin/2-17/a1"),
      position: 3,
      face: "front",
      serial: "ABC123",
    });
    expect(fields("rack", "A1"))
      .toEqual({ name: "A1", site: ref("site:berlin"), location: ref("location:berlin/2-17") });
    expect(fields("location", "2.17")).toMatchObject({ slug: "2-17", site: ref("site:berlin") });
    expect(fields("device_type", "PowerEdge R640")).not.toHaveProperty("u_height");
    expect(findings).toEqual([]);
  });

  test("of which nothing is known is an unknown one in the site Unplaced", () => {
    const { fields } = desired({
      computes: { s: { resource_type: "switch", status: "provisioning" } },
    });
    expect(fields("device", "s")).toEqual({
      name: "s",
      status: "planned",
      role: ref("device_role:switch"),
      device_type: ref("device_type:unknown/unknown-switch"),
      site: ref("site:unplaced"),
    });
    expect(fields("device_type", "Unknown switch")).toMatchObject({ model: "Unknown switch" });
  });

  test("that is decommissioned says so, where NetBox has it", () => {
    expect(desired({ decommissioned: ["old"] }).state.objects).toEqual([{
      kind: "device",
      key: idOf("old"),
      sequence: 8,
      title: "old",
      fields: { status: "decommissioning" },
      ending: true,
    }]);
  });

  test("is in its rack without a position, where another one is there, and it is told", () => {
    const place = { location: { site: "x", rack: "r", position: 1 } };
    const { state, findings } = desired({ computes: { a: place, b: place } });
    const positions = state.objects.filter(({ kind }) => kind === "device")
      .map(({ fields }) => fields.position);
    expect(positions.filter((one) => one === 1)).toHaveLength(1);
    expect(findings).toEqual([expect.stringContaining("unit 1 of its rack is that of")]);
  });

  test("needs a name of its own in its site, of 64 characters at most", () => {
    const long = `${"w".repeat(60)}.example`;
    const { titles, findings } = desired({
      computes: {
        a: { hostname: "web", location: { site: "x" }, interfaces: [port("eth0", "10.0.0.1/24")] },
        b: { hostname: "web", location: { site: "X" }, interfaces: [port("eth0", "10.0.0.2/24")] },
        c: { hostname: "web", location: { site: "y" } },
        [long]: { interfaces: [port("eth0", "10.0.0.3/24")] },
      },
    });
    expect(titles("device")).toEqual(["web", "web"]);
    // What depends on what was left out is left out as well, and not told of.
    expect(titles("ip_address")).toHaveLength(1);
    expect(findings).toHaveLength(2);
    expect(findings.join()).toMatch(
      /NetBox has a name once in a site: give one of them another name/,
    );
    expect(findings.join()).toMatch(/at most 64 characters .* this one has 68/);
  });
});

describe("Places", () => {
  test("racks of one name are one in a room, and what says no room is in the one that is known", () => {
    const at = (room?: string) => ({
      location: { site: "x", rack: "r", position: 50, ...room === undefined ? {} : { room } },
    });
    const one = desired({ computes: { a: at("1"), b: { location: { site: "x", rack: "R" } } } });
    expect(one.state.objects.filter(({ kind }) => kind === "rack")).toMatchObject([
      { fields: { u_height: 50, location: ref("location:x/1") } },
    ]);
    expect(desired({ computes: { a: at("1"), b: at("2"), c: at() } }).titles("rack"))
      .toEqual(["r", "r", "r"]);
  });

  test("what has the same slug is the same; what a slug cannot tell apart has a hash", () => {
    const sites = ["FRA 1", "fra-1", "C", "C++", "東京", "大阪"];
    const { state } = desired({
      computes: Object.fromEntries(sites.map((site, at) => [`h${at}`, { location: { site } }])),
    });
    const slugs = state.objects.filter(({ kind }) => kind === "site")
      .map(({ fields }) => [fields.name, fields.slug]);
    const hash = "[0-9a-f]{8}";
    expect(Object.fromEntries(slugs)).toEqual({
      "FRA 1": "fra-1",
      C: "c",
      "C++": expect.stringMatching(`^c-${hash}$`),
      東京: expect.stringMatching(`^${hash}$`),
      大阪: expect.stringMatching(`^${hash}$`),
    });
  });
});

describe("Virtual machines and containers", () => {
  const computes: Said["computes"] = {
    hv: {
      location: { site: "x" },
      interfaces: [port("eth0", "10.0.0.1/24"), {
        name: "docker0",
        kind: "bridge",
        addresses: ["172.17.0.1/16"],
      }],
    },
    vm: {
      resource_type: "virtual_machine",
      host: "hv",
      virtualization: { machine: "kvm" },
      cpu_cores: 4,
      memory_bytes: 8 * 2 ** 30,
      storage_bytes: 64_000_000_000,
    },
    box: {
      resource_type: "container",
      host: "hv",
      virtualization: { machine: "kvm", container: "docker" },
      interfaces: [{ name: "eth0", kind: "veth", addresses: ["172.17.0.2/16"] }],
    },
    cloud: { resource_type: "virtual_machine", virtualization: { machine: "amazon" } },
  };

  test("are in a cluster of their host and engine, or of their site; a device is in one of them", () => {
    const { fields, later, titles } = desired({ computes });
    expect(titles("cluster").sort()).toEqual(["Unplaced Amazon EC2", "hv Docker", "hv KVM"]);
    expect(fields("cluster", "hv KVM")).toEqual({
      name: "hv KVM",
      type: ref("cluster_type:kvm"),
      scope_type: "dcim.site",
      scope_id: ref("site:x"),
    });
    expect(fields("virtual_machine", "vm")).toEqual({
      name: "vm",
      status: "active",
      role: ref("device_role:virtual-machine"),
      site: ref("site:x"),
      cluster: ref(`cluster:${idOf("hv")}/kvm`),
      vcpus: 4,
      memory: 8192,
      disk: 64_000,
    });
    expect(fields("device", "hv")).toMatchObject({ cluster: ref(`cluster:${idOf("hv")}/kvm`) });
    expect(later("virtual_machine", "vm")).toEqual({ device: ref(idOf("hv")) });
    expect(later("virtual_machine", "box")).not.toHaveProperty("device");
  });

  test("the network of one host is in a VRF of its own, with what runs there", () => {
    const cidr = "172.17.0.0/16";
    const { fields, later, findings } = desired({
      computes: {
        ...computes,
        other: {
          interfaces: [{ name: "docker0", kind: "bridge", addresses: ["172.17.0.1/16"] }],
        },
      },
      networks: [
        { name: `docker0 ${cidr}`, cidr, kind: "bridge", scope: "hv" },
        { name: `docker0 ${cidr}`, cidr, kind: "bridge", scope: "other" },
      ],
    });
    const vrf = ref(`${idOf("hv")}/vrf/docker0`);
    expect(fields("vrf", "hv docker0")).toMatchObject({ name: "hv docker0" });
    expect(fields("ip_address", "172.17.0.2/16 (box eth0)")).toMatchObject({ vrf });
    expect(fields("ip_address", "172.17.0.1/16 (hv docker0)")).toMatchObject({ vrf });
    expect(later("device", "hv")).toEqual({ primary_ip4: ref(`${idOf("hv")}/address/10.0.0.1`) });
    expect(findings).toEqual([]);
  });
});

test("A fleet of two hundred is in NetBox whole", () => {
  const inventory = new Inventory();
  const history = new History({
    ...SAMPLE_DEFAULTS,
    days: undefined,
    resources: 200,
    events: 3_000,
  });
  for (const record of history.records()) inventory.apply(decodeEvent(record), record.sequence);
  const { objects, findings } = desiredState(inventory);
  expect(wrongs({ through: 0, objects, findings })).toEqual([]);
  expect(findings).toEqual([]);
  const live = objects.filter(({ ending }) => !ending);
  const has = (kind: string) => live.filter((one) => one.kind === kind).length;
  const known = [...inventory.aggregates()];
  const count = (type: string) => known.filter(([, one]) => one.type === type).length;
  expect(has("device") + has("virtual_machine")).toBe(count("compute"));
  expect(has("prefix")).toBe(count("network"));
  expect(has("cable")).toBe(
    known.filter(([, one]) => one.type === "connection" && one.state.kind === "cable").length,
  );
  expect(has("service")).toBeGreaterThan(100);
  expect(has("ip_address")).toBeGreaterThan(190);
});
