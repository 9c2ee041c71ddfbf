/** A log of its own, and a NetBox of its own that follows it. */
import type { NatsConnection } from "@nats-io/nats-core";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { decide } from "../../src/domain/decision.ts";
import { encodeEvent } from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import type { Applied } from "../../src/projections/netbox/apply.ts";
import type { Plan } from "../../src/projections/netbox/plan.ts";
import {
  NetBoxProjection,
  type NetBoxProjectionOptions,
  type NetBoxReset,
} from "../../src/projections/netbox/projection.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import type { NetBoxPlace } from "./netbox_place.ts";

/** How NetBox is brought in step: through what is before it at that address, or as another user. */
export interface StoryOptions extends Partial<NetBoxProjectionOptions> {
  at?: string;
  token?: string;
}

/** What happens, and what NetBox makes of it. */
export class Story {
  readonly log: MemoryLog = new MemoryLog(() => new Date(this.#now));
  readonly #inventory = new Inventory();
  #now = Date.parse("2026-11-01T00:00:00Z");
  readonly #messages = new MessageFactory(() => new Date(this.#now));

  /** @param connection where positions are kept */
  constructor(readonly place: NetBoxPlace, private readonly connection: NatsConnection) {}

  /** Somebody says something, a second later. */
  async say<T extends CommandType>(type: T, data: CommandData[T]): Promise<void> {
    this.#now += 1_000;
    const sender = { actor: "test", source: "observed" } as const;
    const command = this.#messages.command(type, data, sender) as Command;
    for (const fact of decide(this.#inventory, command).facts) {
      const version = this.#inventory.version(fact.aggregate_id) + 1;
      const event = this.#messages.event(fact, command, version);
      const last = await this.log.append([encodeEvent(event)], this.#inventory.sequence);
      this.#inventory.apply(event, last);
    }
  }

  /** A projection that nobody has initialized. */
  projection(options: StoryOptions = {}): NetBoxProjection {
    const { at = this.place.url, token = this.place.token, ...others } = options;
    const settings = netBoxSettings({ url: at, token });
    return new NetBoxProjection(this.log, this.connection, { ...settings, ...others });
  }

  /** Brings NetBox to the end of the log. */
  async run(
    options: StoryOptions = {},
  ): Promise<{ plan: Plan; applied: Applied; projection: NetBoxProjection }> {
    const projection = this.projection(options);
    await runToEnd(this.log, projection);
    return { ...projection.last!, projection };
  }

  /** What would be done. */
  async plan(options: StoryOptions = {}): Promise<Plan> {
    const projection = this.projection(options);
    try {
      return await projection.plan();
    } finally {
      await projection.close();
    }
  }

  /** Removes all that is ours. */
  async reset(): Promise<NetBoxReset> {
    const projection = this.projection();
    try {
      return await projection.removeOwn();
    } finally {
      await projection.close();
    }
  }
}

/** What somebody says. */
type Said = { [T in CommandType]: [T, CommandData[T]] }[CommandType];

/** Two servers and a virtual machine with a cable, addresses and software: one object of nearly each kind. */
export const SMALL_OFFICE: readonly Said[] = [
  ["DefineNetwork", { cidr: "10.0.0.0/24", name: "lan", vlan_id: 7 }],
  ...["web-01", "db-01"].map((hostname, at): Said => ["RegisterCompute", {
    hostname,
    resource_type: "physical_server",
    manufacturer: "Dell",
    model: "R740",
    evidence: { serial: `S-${at}` },
    operating_system: { name: "Debian", version: "12" },
    location: { site: "Berlin", rack: "r1", position: 10 + at },
    interfaces: [{
      name: "eth0",
      kind: "ethernet",
      mac_address: `00:50:56:aa:bb:0${at}`,
      addresses: [`10.0.0.${7 + at}/24`],
    }],
  }]),
  ["RegisterCompute", {
    hostname: "vm-01",
    resource_type: "virtual_machine",
    host: "web-01",
    cpu_cores: 2,
    interfaces: [{ name: "ens3", kind: "ethernet", addresses: ["10.0.0.20/24"] }],
  }],
  ["ConfigureSoftware", {
    compute: "db-01",
    name: "postgres",
    kind: "process",
    listening: [{ transport: "tcp", address: "0.0.0.0", port: 5432 }],
  }],
  ["EstablishConnection", {
    from: { compute: "web-01", interface: "eth1" },
    to: { compute: "db-01", interface: "eth1" },
    kind: "cable",
  }],
];

/** Says all of that. */
export async function smallOffice(story: Story): Promise<void> {
  for (const [type, data] of SMALL_OFFICE) await story.say(type, data);
}
