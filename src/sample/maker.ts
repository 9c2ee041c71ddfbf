/** Makes resources, each of its kind: what is registered of it, and what it is like. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { DEBIAN, GEAR, type GearKind, MAKERS, SERVERS } from "./hardware.ts";
import { Identifiers } from "./identifiers.ts";
import { Machine, type System } from "./machine.ts";
import { type Character, Quantities } from "./quantities.ts";
import type { Random } from "./random.ts";
import {
  containerRounds,
  deviceRounds,
  gearRounds,
  guestRounds,
  serverRounds,
  storageRounds,
} from "./series.ts";
import type { Kind } from "./shares.ts";
import type { Site, Vlan } from "./site.ts";
import { BASE, PLAIN, type Tier, TIERS } from "./tiers.ts";

const GIB = 2 ** 30;
const GBIT = 1e9;
const DAY = 86_400;
/** Makes resources; no two have the same name, evidence or address. */
export class Maker {
  readonly #ids: Identifiers;

  /** @param random what is drawn about each */
  constructor(private readonly random: Random) {
    this.#ids = new Identifiers(random);
  }

  /** A physical server in a rack, with two links bonded into one. */
  server(site: Site, rack: string): Machine {
    const { cores, gib, ...hardware } = this.random.pick(SERVERS);
    const link = (name: string) => this.#link(name, "card", 25 * GBIT);
    const data: RegisterCompute = {
      hostname: this.#ids.name("server"),
      resource_type: "physical_server",
      evidence: {
        serial: this.#ids.serial("S"),
        dmi_uuid: this.#ids.uuid(),
        machine_id: this.#ids.hexadecimal(32),
      },
      ...hardware,
      architecture: "x86_64",
      cpu_cores: cores,
      memory_bytes: gib * GIB,
      storage_bytes: 7_680 * 10 ** 9,
      operating_system: { ...DEBIAN },
      interfaces: [
        { name: "bond0", kind: "bond", mtu: 9000, addresses: [site.address("servers")] },
        link("eth0"),
        link("eth1"),
      ],
      ...this.#routed(site, "servers", "bond0"),
      location: site.place("server", rack),
      owner: "platform",
      tags: { environment: "production", role: "host" },
    };
    const is = {
      cpu_peak: 0.38,
      memory_base: 0.55,
      memory_peak: 0.05,
      read_peak: 2e8,
      write_peak: 12e7,
    };
    const of = this.#quantities(site, is, 200, 2);
    const machine = new Machine(data, site, of, serverRounds(of, ["eth0", "eth1"]));
    machine.software = [...BASE, {
      name: "qemu-system",
      version: "7.2+dfsg-7",
      kind: "package",
      source: "dpkg",
    }];
    return machine;
  }

  /** A virtual machine of a system on a host. */
  guest(host: Machine, system: System, tier: Tier): Machine {
    const { site } = host;
    const cores = this.random.pick([2, 4, 8]);
    const data: RegisterCompute = {
      hostname: this.#ids.name(`${system.name}-${tier}`),
      resource_type: "virtual_machine",
      evidence: { dmi_uuid: this.#ids.uuid(), machine_id: this.#ids.hexadecimal(32) },
      manufacturer: "QEMU",
      architecture: "x86_64",
      cpu_cores: cores,
      memory_bytes: cores * 4 * GIB,
      storage_bytes: 64 * GIB,
      operating_system: { ...DEBIAN },
      virtualization: { machine: "kvm" },
      interfaces: [{
        name: "ens3",
        kind: "ethernet",
        mac_address: `52:54:00:${this.#ids.bytes("guest")}`,
        mtu: 1500,
        addresses: [site.address("guests")],
      }],
      ...this.#routed(site, "guests", "ens3"),
      owner: system.owner,
      tags: { environment: "production", system: system.name, tier },
    };
    const of = this.#quantities(site, this.#demandOf(system, tier), 90, 1);
    const role = { tier, system, host };
    const machine = new Machine(data, site, of, guestRounds(of, "ens3"), role);
    machine.software = [...BASE, ...TIERS[tier].packages];
    if (tier === "app") machine.software.push(programOf(system));
    return machine;
  }

  /** A container of a system on a virtual machine. */
  container(host: Machine, system: System, tier: Tier): Machine {
    const { site } = host;
    const data: RegisterCompute = {
      hostname: this.#ids.name(`${system.name}-${tier}-pod`),
      resource_type: "container",
      evidence: { container_id: this.#ids.hexadecimal(64) },
      architecture: "x86_64",
      cpu_cores: 2,
      memory_bytes: 2 * GIB,
      virtualization: { machine: "kvm", container: "docker" },
      interfaces: [{
        name: "eth0",
        kind: "veth",
        mtu: 1500,
        addresses: [site.address("containers")],
      }],
      owner: system.owner,
      tags: { system: system.name, tier },
    };
    const of = this.#quantities(site, { ...this.#demandOf(system, tier), growth_daily: 0 }, 20, 1);
    const machine = new Machine(data, site, of, containerRounds(of), { tier, system, host });
    machine.software = [programOf(system)];
    return machine;
  }

  /** Network gear at the top of a rack; its ports are added when cables are. */
  gear(kind: GearKind, site: Site, rack: string): Machine {
    const { name, gib, busy, ...hardware } = GEAR[kind];
    const data: RegisterCompute = {
      ...this.#boxed(name, kind, site, "gear", "management"),
      ...hardware,
      memory_bytes: gib * GIB,
      location: site.place("gear", rack),
      tags: { role: "network" },
    };
    const is = {
      cpu_base: 0.06,
      cpu_peak: busy,
      memory_base: 0.3,
      memory_peak: 0.12,
      receive_peak: 3e8,
      transmit_peak: 29e7,
    };
    const of = this.#quantities(site, is, 400, 2);
    return new Machine(data, site, of, gearRounds(of, ["port1", "port2"]));
  }

  /** A storage system in a rack. */
  storage(site: Site, rack: string): Machine {
    const data: RegisterCompute = {
      ...this.#boxed("storage", "storage", site, "card", "storage"),
      manufacturer: "NetApp",
      model: "AFF A250",
      memory_bytes: 128 * GIB,
      storage_bytes: 100 * 10 ** 12,
      location: site.place("server", rack),
      tags: { role: "storage" },
    };
    data.interfaces.push(
      this.#link("eth0", "card", 25 * GBIT),
      this.#link("eth1", "card", 25 * GBIT),
    );
    const is = {
      memory_base: 0.6,
      read_peak: 9e8,
      write_peak: 4e8,
      receive_peak: 4e8,
      transmit_peak: 9e8,
    };
    const of = this.#quantities(site, { ...is, filesystem_daily: 0.002 }, 400, 2);
    return new Machine(data, site, of, storageRounds(of, ["eth0", "eth1"]));
  }

  /** A sensor, camera or meter. */
  device(site: Site): Machine {
    const model = this.random.pick(["camera", "thermometer", "door-controller", "power-meter"]);
    const data: RegisterCompute = {
      ...this.#boxed(model, "iot_device", site, "device", "devices"),
      manufacturer: "Axis",
      model,
      memory_bytes: GIB / 2,
      location: { site: site.name },
      owner: "facilities",
    };
    const is = {
      demand: "steady",
      cpu_peak: 0.12,
      receive_peak: 2e3,
      transmit_peak: model === "camera" ? 4e5 : 3e3,
      growth_daily: 0,
    } as const;
    const of = this.#quantities(site, is, 60, 1);
    return new Machine(data, site, of, deviceRounds(of));
  }

  /** Adds the next port to network gear. */
  port(machine: Machine, speed_bps: number): string {
    const name = `port${machine.data.interfaces.length}`;
    machine.data.interfaces.push({ name, kind: "ethernet", speed_bps, addresses: [] });
    return name;
  }

  /** A copy of a guest, as a template that was cloned: the same machine id, other hardware, and taken for a server. */
  clone(of: Machine): Machine {
    const copy = this.guest(of.role.host!, of.role.system!, of.role.tier!);
    copy.data.hostname = `${of.hostname}-copy`;
    copy.data.evidence = { ...copy.data.evidence, ...sharedEvidence(of) };
    copy.data.resource_type = "physical_server";
    delete copy.data.virtualization;
    return copy;
  }

  /** What is managed by an address of its own, and has no operating system that we see. */
  #boxed(
    name: string,
    kind: Kind,
    site: Site,
    maker: keyof typeof MAKERS,
    vlan: Vlan,
  ): RegisterCompute {
    const first = maker === "gear" ? "management0" : maker === "device" ? "eth0" : "management0";
    return {
      hostname: this.#ids.name(name),
      resource_type: kind,
      evidence: { serial: this.#ids.serial(name.slice(0, 2).toUpperCase()) },
      cpu_cores: 4,
      interfaces: [{ ...this.#link(first, maker, GBIT), addresses: [site.address(vlan)] }],
      ...this.#routed(site, vlan, first),
      owner: "network",
    };
  }

  #routed(site: Site, vlan: Vlan, name: string): Pick<RegisterCompute, "routes"> {
    return {
      routes: [
        { destination: "0.0.0.0/0", gateway: site.gateway(vlan), interface: name },
        { destination: site.cidr(vlan), interface: name },
      ],
    };
  }

  #link(
    name: string,
    maker: keyof typeof MAKERS,
    speed_bps: number,
  ): RegisterCompute["interfaces"][number] {
    const mac_address = `${MAKERS[maker]}:${this.#ids.bytes(maker)}`;
    return { name, kind: "ethernet", mac_address, speed_bps, addresses: [] };
  }

  #demandOf(system: System, tier: Tier): Partial<Character> {
    const demand = ["shop", "video"].some((one) => system.name.startsWith(one)) ? "shop" : "office";
    return { demand, ...TIERS[tier].character };
  }

  /** Of machines of one kind each is a little different. */
  #quantities(site: Site, is: Partial<Character>, days: number, links: 1 | 2): Quantities {
    const vary = (number: number) => number * this.random.between(0.75, 1.25);
    const character: Character = { ...PLAIN, ...is };
    for (const [name, value] of Object.entries(character)) {
      if (typeof value !== "number" || name === "temperature") continue;
      Object.assign(character, { [name]: vary(value) });
    }
    const uptime = Math.floor(this.random.between(0.02, 1) * days * DAY);
    return new Quantities(character, site.zone, uptime, links);
  }
}

function sharedEvidence({ data }: Machine): { machine_id?: string } {
  const id = data.evidence?.machine_id;
  return id === undefined ? {} : { machine_id: id };
}

/** The program that is a system's own, in the version that it has now. */
export function programOf(system: System): Machine["software"][number] {
  return {
    name: `${system.name}-server`,
    version: system.version.join("."),
    kind: "service",
    source: "systemd",
    listening: [{ transport: "tcp", address: "0.0.0.0", port: TIERS.app.port }],
  };
}
