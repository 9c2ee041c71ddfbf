/** What a NetBox of others is in the log, and what becomes of that when it is projected again. */
import type { NatsConnection } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { ComputeState } from "../../src/domain/compute_schema.ts";
import { Inventory, type StateOf } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { netBoxCommands } from "../../src/importers/netbox/commands.ts";
import { readContent } from "../../src/importers/netbox/content.ts";
import { submitImported } from "../../src/importers/submit_imported.ts";
import { NetBoxProjection } from "../../src/projections/netbox/projection.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { parsed, Place } from "./cim.ts";
import { startFaultProxy } from "./fault_proxy.ts";
import { fillForeign } from "./netbox_foreign.ts";
import type { NetBoxPlace } from "./netbox_place.ts";
import type { Servers } from "./netbox_servers.ts";
import { smallOffice, Story } from "./netbox_story.ts";
import { clientOf } from "./netbox_world.ts";

const clock = () => new Date();

/** A log of its own that a NetBox is imported into. */
class Imports {
  private constructor(readonly log: MemoryLog, readonly handler: CommandHandler) {}

  static async into(log: MemoryLog = new MemoryLog(clock)): Promise<Imports> {
    return new Imports(log, await CommandHandler.open(log, new MessageFactory(clock)));
  }

  /** Imports what a NetBox has; what was left out, and the commands that changed something. */
  async run({ url, token }: NetBoxPlace, at = url) {
    const content = await readContent(clientOf({ url: at, token }));
    const inventory = Inventory.from(this.handler.content());
    const imported = netBoxCommands(content, { url, inventory });
    const accepted: string[] = [];
    const refused: string[] = [];
    const messages = new MessageFactory(clock);
    const sender = { actor: "test" };
    for await (const one of submitImported(this.handler, messages, imported.commands, sender)) {
      const { said: { command, at: { name } }, answer } = one;
      if (answer.outcome === "accepted") accepted.push(`${command} ${name}`);
      if (answer.outcome === "refused") refused.push(`${name}: ${answer.message}`);
    }
    return {
      accepted,
      refused: [...refused, ...imported.refused.map(({ at, why }) => `${at.name}: ${why}`)],
      passedOver: imported.passedOver.map(({ at, why }) => `${at.kind} ${at.name}: ${why}`),
      commands: imported.commands.length,
    };
  }

  /** The states of a kind. */
  all<T extends keyof StateOf>(type: T): StateOf[T][] {
    return this.handler.content().aggregates.filter(([, one]) => one.type === type)
      .map(([, one]) => one.state as StateOf[T]);
  }

  host(name: string): ComputeState | undefined {
    return this.all("compute").find(({ hostname }) => hostname === name);
  }

  /** A projection that takes over what is there. */
  adopting({ url, token }: NetBoxPlace, connection: NatsConnection): NetBoxProjection {
    return new NetBoxProjection(this.log, connection, {
      ...netBoxSettings({ url, token }),
      adopt: true,
    });
  }
}

/** Imports of a real NetBox. */
export function imports(servers: () => Servers): void {
  test("a NetBox is in the log as people have it there, is only read, and again only for what has changed", async () => {
    await using place = await servers().netbox.place();
    const { hub, direct, eth1, web } = await fillForeign(place);
    await using proxy = await startFaultProxy(place.url);
    const log = await Imports.into();
    const first = await log.run(place, proxy.url);
    expect(proxy.count("POST", "PATCH", "PUT", "DELETE")).toBe(0);
    expect(first.refused).toEqual([]);
    // Some versions show a service with its ports.
    const plain = (line: string) => line.replace(" (SCTP/53)", "").replace(/\([0-9]+\)|#\d+/g, "N");
    expect(first.passedOver.map(plain).sort())
      .toEqual(
        [
          "cable N: it ends at what is no interface (poweroutlet)",
          "cable N: it is planned, and not connected",
          "device DB_01: its serial number, which others have too",
          "device Dell R740 N: it has no name",
          "device db 02: its serial number, which others have too",
          "device old: it is being decommissioned",
          "device panel-1: it only leads cables through",
          "device web-01 (A-1): its name, which others have too: its site is behind it",
          "device web-01: its name, which others have too: its site is behind it",
          "ip_address 10.0.0.1/24: it is of the role vrrp, and at no one machine",
          "ip_address 10.0.0.99/24: it is at no interface",
          "prefix 10.9.0.0/24: it is reserved, and not in use",
          "service sigtran: it speaks sctp",
        ],
      );
    expect(log.host("web-01-fra1")).toMatchObject({
      status: "active",
      resource_type: "physical_server",
      manufacturer: "Dell",
      model: "R740",
      evidence: { serial: "S1" },
      operating_system: { name: "Debian", version: "12" },
      location: { site: "Frankfurt 1", room: "Room 1", rack: "R1", position: 4 },
      owner: "Team A",
      tags: {
        asset_tag: "A-1",
        netbox: `${place.url}/dcim/devices/${web.id}/`,
        netbox_name: "web-01",
        netbox_role: "Application Server",
        "netbox:prod": "Prod!",
      },
      interfaces: [
        {
          name: "eth0",
          kind: "ethernet",
          mac_address: "00:50:56:aa:bb:01",
          mtu: 1500,
          speed_bps: 1e9,
          vlan_id: 100,
          addresses: ["10.0.0.7/24"],
        },
        { name: "eth1", speed_bps: 1e9 },
        { name: "lo", kind: "loopback" },
      ],
    });
    expect(log.all("compute").map((one) => `${one.hostname} ${one.resource_type} ${one.status}`))
      .toEqual([
        "web-01-fra1 physical_server active",
        "web-01-ber1 physical_server active",
        "db-01 physical_server active",
        "db-02 physical_server provisioning",
        "switch-1-2 switch maintenance",
        "drop-table-x-b physical_server active",
        "vm-01 virtual_machine active",
        "box container active",
      ]);
    expect(log.host("vm-01")).toMatchObject({
      cpu_cores: 2,
      memory_bytes: 2 ** 31,
      storage_bytes: 1e10,
      virtualization: { machine: "VMware vSphere" },
    });
    expect(log.all("network").map(({ cidr, name, vrf, parent }) => [cidr, name, vrf, parent]))
      .toEqual([
        ["10.0.0.0/8", "All of ours", undefined, undefined],
        ["10.0.0.0/24", "servers", undefined, "10.0.0.0/8"],
        ["10.1.0.0/24", "blue net", "blue", undefined],
      ]);
    // The second one leads through a patch panel.
    expect(
      log.all("connection").map(({ from, to }) =>
        [from, to].map((end) => Object.values(end)[1]).sort()
      ),
    )
      .toEqual([["eth1", "xe-0/0/1"], ["eth0", "xe-0/0/2"]]);
    expect(log.all("software").map(({ name, listening }) => [name, listening?.length]))
      .toEqual([["https", 2], ["dns", 1]]);

    expect(await log.run(place)).toMatchObject({ accepted: [], refused: [] });

    await place.call("PATCH", `dcim/devices/${hub.id}/`, { status: "active", serial: "SW-1" });
    await place.call("PATCH", `dcim/devices/${web.id}/`, {
      name: "web-02",
      tags: [],
      rack: null,
      position: null,
      face: "",
    });
    await place.call("DELETE", `dcim/cables/${direct.id}/`);
    const xe3 = await place.call("POST", "dcim/interfaces/", {
      device: hub.id,
      name: "xe-0/0/3",
      type: "10gbase-x-sfpp",
    });
    await place.call("POST", "dcim/cables/", {
      a_terminations: [{ object_type: "dcim.interface", object_id: eth1.id }],
      b_terminations: [{ object_type: "dcim.interface", object_id: xe3.id }],
    });
    const changed = await log.run(place);
    expect(changed).toMatchObject({ refused: [] });
    expect(changed.accepted.sort()).toEqual([
      "ChangeComputeStatus Switch 1/2",
      "EstablishConnection eth1",
      "SeverConnection eth1",
      "UpdateCompute Switch 1/2",
      "UpdateCompute web-01",
      "UpdateCompute web-02 (A-1)",
    ]);
    const renamed = log.host("web-02");
    expect(renamed?.location).toEqual({ site: "Frankfurt 1", room: "Room 1" });
    expect(renamed?.tags).not.toHaveProperty("netbox:prod");
    expect(log.all("compute")).toHaveLength(8);
    expect((await log.run(place)).accepted).toEqual([]);
  });

  test("what was imported is found again by a projection that adopts: nothing is made twice, and nothing is a conflict", async () => {
    const { netbox, log: { connection } } = servers();
    await using place = await netbox.place();
    await fillForeign(place);
    const log = await Imports.into();
    await log.run(place);
    const projection = log.adopting(place, connection);
    const plan = await projection.plan();
    const made = plan.changes.filter(({ action }) => action === "create");
    expect(made.map(({ kind, title }) => `${kind} ${title}`)).toEqual([]);
    const shown = ({ kind, title, field }: typeof plan.conflicts[number]) =>
      `${kind} ${title} ${field}`;
    expect(plan.conflicts.map(shown)).toEqual([]);
    expect(plan.existing).toEqual([]);
    // NetBox has two cables there, and the panel between them.
    expect(plan.waiting.map(({ title }) => title)).toEqual(["db-01 eth0 — switch-1-2 xe-0/0/2"]);

    await runToEnd(log.log, projection);
    expect(projection.last!.applied).toMatchObject({ created: 0, refused: [] });
    const again = await log.run(place);
    expect(again).toMatchObject({ accepted: [], refused: [] });
    expect(again.passedOver).toContain("device web-01: it was written there from this log");
  });

  test("what was written from the log is not imported into it again; into another log it is", async () => {
    const { netbox, log: { connection } } = servers();
    const story = new Story(await netbox.place(), connection);
    await smallOffice(story);
    await story.run();
    const own = await Imports.into(story.log);
    expect(await own.run(story.place)).toMatchObject({ accepted: [], refused: [], commands: 0 });
    const other = await Imports.into();
    expect(await other.run(story.place)).toMatchObject({ refused: [] });
    expect(other.all("compute").map(({ hostname, resource_type }) => [hostname, resource_type]))
      .toEqual([
        ["db-01", "physical_server"],
        ["web-01", "physical_server"],
        ["vm-01", "virtual_machine"],
      ]);
    await story.place.drop();
  });

  test("cim import netbox says what it read, what was refused, and ends with 3 where something was", async () => {
    await using place = await servers().netbox.place();
    await fillForeign(place);
    await using cim = await Place.make(place.env);
    const taken = {
      hostname: "other",
      resource_type: "switch",
      interfaces: [],
      location: { site: "Frankfurt 1", room: "Room 1", rack: "R1", position: 4 },
    };
    const stdin = JSON.stringify({ command: "RegisterCompute", data: taken });
    expect(await cim.run(["submit", "-"], { stdin })).toMatchObject({ code: 0 });
    const first = await cim.run(["import", "netbox"]);
    expect(first, first.err).toMatchObject({ code: 3 });
    expect(first.out).toMatch(/^Read +2 clusters, 4 prefixes, 9 devices/);
    expect(first.out).toMatch(/Refused +\d+\n +device \d+ \(web-01 \(A-1\)\): location\/position/);
    const dry = await cim.run(["import", "netbox", "--dry-run"]);
    expect(parsed(dry.out).every(({ command, data }) => command && data)).toBe(true);
    const again = parsed((await cim.run(["import", "netbox", "--json"])).out);
    expect(again.filter(({ outcome }) => outcome === "accepted")).toEqual([]);
    expect(again.filter(({ outcome }) => outcome === "passed_over").length).toBeGreaterThan(5);
  });
}
