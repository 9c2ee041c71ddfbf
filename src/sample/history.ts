/** The history of a fleet, event by event. */
import type { LogRecord } from "../domain/event.ts";
import { fleetOf } from "./fleet.ts";
import { founded } from "./founding.ts";
import { type GroundTruth, type Trace, trueResource } from "./ground_truth.ts";
import { plan } from "./incidents.ts";
import { live } from "./life.ts";
import type { Machine } from "./machine.ts";
import { type Course, courseOf, type SampleOptions } from "./options.ts";
import { Random } from "./random.ts";
import { Recorder } from "./recorder.ts";
import { World } from "./world.ts";

/** Measurements begin so long after the last machine was registered, in milliseconds. */
const SETTLED_MS = 60_000;

/**
 * Makes the history of a fleet: first everything is registered, then each machine is measured in its turn, and what is
 * in the agenda is done when its time has come. Memory: the live fleet, whatever the length of the history.
 */
export class History {
  readonly course: Course;
  readonly #recorder: Recorder;
  readonly #world: World;
  readonly #random: Random;
  #traces: Trace[] = [];
  #begun = 0;

  /** @throws {SampleError} `sample_option` */
  constructor(private readonly options: SampleOptions) {
    this.course = courseOf(options);
    const { resources, seed } = options;
    this.#recorder = new Recorder(this.course.start, seed);
    this.#world = new World(fleetOf(resources, seed), this.#recorder, this.course, seed);
    this.#random = new Random(seed, "measurements");
  }

  /** How much of it was made, 0 to 1. */
  get share(): number {
    const { start, end, events } = this.course;
    return events === undefined
      ? Math.min(1, (this.#recorder.now - start) / (end - start))
      : this.#recorder.sequence / events;
  }

  /** The records, from the first to the last; they can be had once. */
  *records(): Generator<LogRecord, void> {
    let left = this.course.events ?? Infinity;
    for (const _ of this.#steps()) {
      const { records } = this.#recorder;
      if (records.length === 0) continue;
      this.#recorder.records = [];
      yield* records.slice(0, left);
      left -= records.length;
      if (left <= 0) return;
    }
  }

  /** What was done to the fleet on purpose; to be asked for when all records were had. */
  truth(): GroundTruth {
    const { start, interval, events } = this.course;
    const { resources, seed } = this.options;
    const last = events ?? this.#recorder.sequence;
    return {
      made_from: {
        resources,
        seed,
        start: new Date(start).toISOString(),
        ...(events === undefined ? { days: (this.course.end - start) / 86_400_000 } : { events }),
      },
      events: last,
      from: new Date(start).toISOString(),
      to: new Date(this.#recorder.now).toISOString(),
      interval_seconds: interval / 1_000,
      resources: [...this.#world.registered]
        .filter(([, sequence]) => sequence <= last)
        .map(([machine]) => trueResource(machine)),
      incidents: this.#traces.map((trace) => trace.told(last))
        .filter(({ first_sequence }) => first_sequence <= last),
    };
  }

  /** One thing after the other; after each the recorder has what it led to. */
  *#steps(): Generator<void> {
    const world = this.#world;
    const { interval, end, events } = this.course;
    yield* founded(world);
    this.#begun = Math.ceil((this.#recorder.now + SETTLED_MS) / interval) * interval;
    for (const machine of world.fleet.machines) world.measure(machine, this.#begun - interval);
    live(world, this.#begun);
    this.#traces = plan(world, this.options.resources, this.#begun, this.options.seed);
    for (let tick = this.#begun; events !== undefined || tick < end; tick += interval) {
      const { measured } = world;
      for (const [index, machine] of measured.entries()) {
        const at = tick + index * interval / measured.length;
        while (world.agenda.next <= at) {
          world.agenda.step();
          yield;
        }
        this.#measure(machine, at);
        yield;
      }
    }
  }

  #measure(machine: Machine, at: number): void {
    const { meter, quantities, rounds, watcher } = machine;
    if (machine.silent_until > at || !meter || machine.measured_at >= at) return;
    const seconds = (at - machine.measured_at) / 1_000;
    quantities.pass(at, seconds, (at - this.#begun) / 1_000, this.#random);
    machine.measured_at = at;
    const { series, isOverWindow } = rounds[machine.turn++ % rounds.length]!;
    const window = isOverWindow ? this.course.interval / 1_000 : undefined;
    this.#recorder.measure(at, meter, series, window);
    watcher?.saw(machine, meter.lastEvent, this.#recorder.sequence);
  }
}
