/** The fleet while time passes: what is measured, and what can be done to a machine. */
import type { InfrastructureEvent } from "../domain/event.ts";
import { Agenda } from "./agenda.ts";
import type { Fleet } from "./fleet.ts";
import type { Cable, Installed, Machine } from "./machine.ts";
import type { Course } from "./options.ts";
import { Random } from "./random.ts";
import type { Recorder, Speaker } from "./recorder.ts";
import { TIERS } from "./tiers.ts";

/** Those who run the fleet, and say what they want. */
export const OPERATOR: Speaker = { actor: "ada", source: "declared" };
/** Those who roll out software. */
export const DEPLOYER: Speaker = { actor: "deploy", source: "observed" };

/** Who looks at a machine: itself, or for what cannot run a program whoever watches over the network. */
export function observer({ data }: Machine): Speaker {
  const self = ["physical_server", "virtual_machine", "container"].includes(data.resource_type);
  return { actor: self ? `discover@${data.hostname}` : "network-monitor", source: "observed" };
}

/** What is going on. */
export class World {
  readonly agenda = new Agenda();
  /** What comes about by chance, and is no incident. */
  readonly random: Random;
  /** All machines that were ever registered, each with the sequence of that. */
  readonly registered = new Map<Machine, number>();
  /** All machines that are measured. */
  measured: Machine[] = [];

  /**
   * @param fleet what there is
   * @param recorder where it is recorded
   * @param course from when to when
   */
  constructor(
    readonly fleet: Fleet,
    readonly recorder: Recorder,
    readonly course: Course,
    seed: number,
  ) {
    this.random = new Random(seed, "life");
  }

  /** Registers a machine, with its software, as its own discovery does. */
  register(
    machine: Machine,
    at: number,
    speaker: Speaker = observer(machine),
  ): InfrastructureEvent[] {
    const { host } = machine.role;
    if (host) machine.data.host = host.id;
    if (!this.registered.has(machine)) this.registered.set(machine, this.recorder.sequence + 1);
    return this.recorder.together(at, speaker, (say) => {
      const events = say("RegisterCompute", { ...machine.data });
      machine.id = events[0]!.aggregate_id;
      for (const one of machine.software) {
        events.push(...say("ConfigureSoftware", { compute: machine.id, ...one }));
      }
      return events;
    });
  }

  /** Begins to measure it. */
  measure(machine: Machine, at: number): void {
    machine.meter = this.recorder.meter(machine.id, observer(machine).actor);
    machine.measured_at = at;
    this.measured.push(machine);
  }

  /** Plugs a cable in, or takes it out. */
  cable({ from, to, speed_bps }: Cable, at: number, reason?: string): InfrastructureEvent[] {
    const ends = {
      from: { compute: from.machine.id, interface: from.interface },
      to: { compute: to.machine.id, interface: to.interface },
      kind: "cable",
    } as const;
    return reason === undefined
      ? this.recorder.say(at, OPERATOR, "EstablishConnection", { ...ends, speed_bps })
      : this.recorder.say(at, OPERATOR, "SeverConnection", { ...ends, reason });
  }

  /** A machine sees whom its service calls. */
  flows(machine: Machine, at: number): InfrastructureEvent[] {
    const { calls } = machine;
    return this.recorder.together(
      at,
      observer(machine),
      (say) =>
        calls.filter(({ isGone }) => !isGone).flatMap((to) =>
          say("EstablishConnection", {
            from: { compute: machine.id },
            to: { compute: to.id },
            kind: "flow",
            transport: "tcp",
            port: TIERS[to.role.tier ?? "web"].port,
            process: machine.role.tier === "web" ? "nginx" : machine.role.system?.name ?? "proxy",
          })
        ),
    );
  }

  /** Other software on a machine, or another version of it. */
  configure(machine: Machine, software: Installed, at: number, speaker: Speaker): void {
    machine.software = [
      ...machine.software.filter(({ name, kind }) =>
        name !== software.name || kind !== software.kind
      ),
      software,
    ];
    this.recorder.say(at, speaker, "ConfigureSoftware", { compute: machine.id, ...software });
  }

  /**
   * Takes a machine out of service and starts it anew: nothing is measured meanwhile, and its counters begin at 0.
   *
   * @param minutes how long that takes
   * @param then what is to be done when it is back, given the events that say so
   * @returns the events that say that it is taken out
   */
  restart(
    machine: Machine,
    at: number,
    reason: string,
    minutes: number,
    then: (events: InfrastructureEvent[]) => void = () => {},
  ): InfrastructureEvent[] {
    const back = at + minutes * 60_000;
    const events = this.recorder.say(at, OPERATOR, "ChangeComputeStatus", {
      compute: machine.id,
      status: "maintenance",
      reason,
    });
    machine.silent_until = back;
    this.agenda.at(back, (now) => {
      machine.quantities.restart();
      machine.measured_at = now;
      machine.silent_until = 0;
      then(this.recorder.say(now, OPERATOR, "ChangeComputeStatus", {
        compute: machine.id,
        status: "active",
      }));
    });
    return events;
  }

  /** Takes a machine out of use for good. */
  decommission(machine: Machine, at: number, reason: string): void {
    this.recorder.say(at, OPERATOR, "DecommissionCompute", { compute: machine.id, reason });
    this.recorder.forget(machine.id);
    machine.silent_until = Infinity;
    const { host, system } = machine.role;
    for (const list of [host?.guests, system?.machines]) list?.splice(list.indexOf(machine), 1);
    this.measured = this.measured.filter((one) => one !== machine);
  }

  /** Whether it can be made to suffer: it is in service, and nothing is going on with it. */
  isQuiet(machine: Machine): boolean {
    return machine.id !== "" && machine.silent_until === 0 && machine.watcher === undefined;
  }
}
