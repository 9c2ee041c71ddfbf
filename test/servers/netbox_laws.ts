/** NetBox keeps the laws of projections, to the last object. */
import type { NatsConnection } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import type { Step } from "../../src/projections/projection.ts";
import {
  NetBoxProjection,
  type NetBoxProjectionOptions,
} from "../../src/projections/netbox/projection.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { Remembered } from "./metrics_logged.ts";
import { dumpNetBox } from "./netbox_dump.ts";
import type { NetBoxPlace } from "./netbox_place.ts";
import type { Servers } from "./netbox_servers.ts";

/** The laws that NetBox has most of a say in: each step is a comparison with all of it, so that all of them take minutes. */
const OF_NETBOX = /^(wherever the log is cut|poison of the adapter's own)/;

/**
 * Those laws on one log each; all of them, each on as many logs as LAW_RUNS says, where it says so. What breaks off is another
 * subject: `netbox_crash.ts`.
 */
export function laws(servers: () => Servers): void {
  const places = new Map<string, { netbox: NetBoxPlace; log: Given }>();
  const subject: ProjectionSubject<Following> = {
    async open(place) {
      const { netbox, log: { connection } } = servers();
      let kept = places.get(place);
      if (!kept) places.set(place, kept = { netbox: await netbox.place(), log: new Given() });
      return new Following(kept.netbox, kept.log, connection);
    },
    dump: ({ place }) => dumpNetBox(place),
    async dispose(place) {
      await places.get(place)?.netbox.drop();
      places.delete(place);
    },
    poison: badAddress,
  };
  const asked = Deno.env.get("LAW_RUNS");
  const all = projectionLaws(subject, { runs: Number(asked ?? 1) });
  const some = asked ? all : all.filter(({ name }) => OF_NETBOX.test(name));
  if (!asked) test("all of these laws are there", () => expect(some).toHaveLength(2));
  for (const { name, check } of some) test(name, check, 3_600_000);
}

/** A log that ends where it was applied to. */
class Given extends Remembered {
  #last = 0;

  override remember(step: Step): void {
    super.remember(step);
    this.#last = Math.max(this.#last, step.through);
  }

  lastSequence(): Promise<number> {
    return Promise.resolve(this.#last);
  }
}

class Following extends NetBoxProjection {
  constructor(
    readonly place: NetBoxPlace,
    private readonly given: Given,
    connection: NatsConnection,
  ) {
    const options: NetBoxProjectionOptions = {
      ...netBoxSettings(place),
      remove: true,
      leaseMs: 3_000,
    };
    super(given, connection, options);
  }

  override projectBatch(step: Step): Promise<void> {
    this.given.remember(step);
    return super.projectBatch(step);
  }
}

/** The schema says of an address that it is a text; NetBox has to know in which network it is. */
function badAddress(event: InfrastructureEvent): InfrastructureEvent | undefined {
  if (event.event_type !== "ComputeRegistered" && event.event_type !== "ComputeUpdated") return;
  const interfaces = [{ name: "eth0", addresses: ["not an address"] }];
  return { ...event, data: { ...event.data, interfaces } } as InfrastructureEvent;
}
