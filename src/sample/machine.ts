/** One resource of the fleet, as the sample knows it: what is registered of it, and what it is doing. */
import type { CommandData } from "../domain/command.ts";
import type { RegisterCompute } from "../domain/compute_schema.ts";
import type { Meter } from "./measured.ts";
import type { Quantities } from "./quantities.ts";
import type { Rounds } from "./series.ts";
import type { Site } from "./site.ts";
import type { Tier } from "./tiers.ts";

/** Software of a machine, as ConfigureSoftware says it. */
export type Installed = Omit<CommandData["ConfigureSoftware"], "compute">;

/** A group of machines that together do something for somebody: a shop, a search. */
export interface System {
  name: string;
  owner: string;
  /** The version of its own program, which deployments raise. */
  version: [major: number, minor: number, patch: number];
  machines: Machine[];
}

/** What a machine is asked to tell of what is measured of it. */
export interface Watcher {
  saw(machine: Machine, event_id: string, sequence: number): void;
}

/** A resource. */
export class Machine {
  /** Its aggregate id, once it is registered. */
  id = "";
  meter: Meter | undefined;
  /** Until when nothing is measured of it, in milliseconds since 1970; Infinity for a machine that is no more. */
  silent_until = 0;
  /** When it was measured last, in milliseconds since 1970. */
  measured_at = 0;
  /** Who wants to know what is measured of it. */
  watcher: Watcher | undefined;
  /** How many events of measurements it has had. */
  turn = 0;
  guests: Machine[] = [];
  /** What the machines are that its service calls. */
  calls: Machine[] = [];
  software: Installed[] = [];
  /** What it is, whatever is said of it. */
  readonly kind: RegisterCompute["resource_type"];

  /**
   * @param data what is registered of it; a guest's `host` is filled in when that has an id
   * @param quantities what can be measured of it
   * @param rounds how it is measured
   */
  constructor(
    readonly data: RegisterCompute,
    readonly site: Site,
    readonly quantities: Quantities,
    readonly rounds: Rounds,
    readonly role: { tier?: Tier; system?: System; host?: Machine } = {},
  ) {
    this.kind = data.resource_type;
  }

  /** Its host name. */
  get hostname(): string {
    return this.data.hostname;
  }

  /** Whether it was decommissioned. */
  get isGone(): boolean {
    return this.silent_until === Infinity;
  }
}

/** A cable between two interfaces. */
export interface Cable {
  from: { machine: Machine; interface: string };
  to: { machine: Machine; interface: string };
  speed_bps: number;
}
