/** The projector: keeps a read model in step with the log. */
import { type EventLog, LogBroken } from "../log/log.ts";
import { applyStep } from "./apply_step.ts";
import { inSteps } from "./in_steps.ts";
import { abortable, backoff, type Pace, REAL_PACE } from "./pace.ts";
import { Parking } from "./parking.ts";
import {
  type Projection,
  ProjectionMoved,
  ProjectionUnavailable,
  type Step,
} from "./projection.ts";
import { HealthRecord, type ProjectionState, Rate } from "./projection_state.ts";
import { oneLine } from "./projector_error.ts";
import type { ProjectorOptions } from "./projector_options.ts";
import { type PassedOver, STEP_EVENTS, StepAssembly } from "./step_assembly.ts";
import { unpark, type Unparked, type UnparkOptions } from "./unpark.ts";
import { Waiting, type WaitOptions } from "./waiting.ts";

export type { ProjectorOptions } from "./projector_options.ts";

/** So often in a row may the checkpoint turn out to be elsewhere before that ends a projector. */
const MOVES = 5;
/** After so many failures in a row one that was to come to an end gives up. */
const FAILURES_OF_ONE_RUN = 5;

/**
 * Runs one projection: reads the log from its checkpoint on and applies what it reads, in steps.
 *
 * The checkpoint in the read model is the only position there is. The broker could keep one too, in a durable consumer;
 * but it is written by an acknowledgement that comes after the step, and so is behind after a crash, and two clients of
 * one durable acknowledge each other's messages. Of two positions one would have to be corrected by the other, so there
 * is one.
 *
 * Trouble of the read model is waited out, for ever and with growing pauses, while the state says what is wrong; what
 * single events are to blame for is parked. Every projection has a projector and a subscription of its own, so that one's
 * trouble is no other's.
 *
 * @example
 * ```ts
 * import { MemoryLog, Projector, SqlProjection } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const projector = Projector.start(new MemoryLog(() => new Date()), new SqlProjection());
 * await projector.whenCaughtUp();
 * strictEqual((await projector.state()).lag_events, 0);
 * await projector.stop();
 * ```
 */
export class Projector {
  /**
   * Resolves when it was stopped or has come to its end; rejects with what ended it: {@linkcode NewerEvent},
   * {@linkcode LogBroken}, another error of the log, {@linkcode ProjectionMoved} when somebody else works on the same
   * read model, or {@linkcode ProjectionFailed}.
   */
  readonly ended: Promise<void>;
  readonly #pace: Pace;
  readonly #health: HealthRecord;
  readonly #rate: Rate;
  readonly #waiting: Waiting;
  readonly #passedOver: PassedOver[] = [];
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  #counts = { events: 0, skipped: 0, parked: 0 };
  #parking = new Parking();
  #logEnd = 0;
  #failures = 0;
  #moves = 0;
  #isOpen = false;
  #isRunning = true;
  /** Settled when nothing is being written. */
  #writing: Promise<unknown> = Promise.resolve();
  #isWriting = false;

  private constructor(
    private readonly log: EventLog,
    private readonly projection: Projection,
    private readonly options: ProjectorOptions,
  ) {
    this.#pace = options.pace ?? REAL_PACE;
    this.#health = new HealthRecord(this.#pace.clock);
    this.#rate = new Rate(this.#pace.clock);
    const why = () => this.#health.healthy ? "still at work" : this.#health.because;
    this.#waiting = new Waiting(projection.name, this.#pace.sleep, why);
    const { signal } = options;
    this.#signal = signal
      ? AbortSignal.any([signal, this.#stopping.signal])
      : this.#stopping.signal;
    this.ended = this.#run();
    this.ended.catch(() => {}); // whoever waits for it is told; the state tells the others
  }

  /**
   * Starts a projection that nobody has initialized; it is closed at the end.
   *
   * @param log in practice an {@linkcode ArchivedLog}, which has every event
   */
  static start(log: EventLog, projection: Projection, options: ProjectorOptions = {}): Projector {
    return new Projector(log, projection, options);
  }

  /** The projection's name. */
  get name(): string {
    return this.projection.name;
  }

  /** Whether the read model could be opened, and has not been closed yet: it is this projector that works on it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The last sequence that the read model covers, as far as is known here. */
  get position(): number {
    return this.#waiting.position;
  }

  /** Finishes the write that is under way, and closes the projection. What ended it before is what this throws. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended;
  }

  /**
   * Waits until the read model covers a sequence: then what was written there can be read.
   *
   * @throws {ProjectionBehind} when it takes longer than `timeout`
   * @throws {ProjectorEnded} when this has ended before
   */
  async waitFor(sequence: number, options: WaitOptions = {}): Promise<void> {
    await this.#waiting.for(sequence, options);
  }

  /** Waits until the read model covers all that the log has now; throws as {@linkcode waitFor} does. */
  async whenCaughtUp(options: WaitOptions = {}): Promise<void> {
    await this.#waiting.for(await this.log.lastSequence(), options);
  }

  /** How it is at this moment. Never throws: out of reach of the log, its end is where it was last seen. */
  async state(): Promise<ProjectionState> {
    if (this.#isRunning) {
      const last = await this.log.lastSequence().catch(() => 0);
      this.#logEnd = Math.max(this.#logEnd, last);
    }
    if (this.#isOpen && !this.#isWriting && this.#failures === 0) {
      // A read model that nothing is written to can go away as well.
      const { healthy, because } = await this.#alone(() => this.projection.healthCheck());
      if (healthy) this.#health.well();
      else this.#health.unwell(because);
    }
    const { healthy, because, since } = this.#health;
    return {
      projection: this.name,
      position: this.position,
      log_last_sequence: Math.max(this.#logEnd, this.position),
      lag_events: Math.max(this.#logEnd - this.position, 0),
      events_per_second: this.#rate.perSecond,
      ...this.#counts,
      first_skipped: [...this.#passedOver],
      running: this.#isRunning,
      healthy,
      because,
      since,
    };
  }

  /**
   * Applies parked events between two steps; see {@linkcode unpark}.
   *
   * @throws {ProjectorEnded} when this has ended
   */
  async unpark(options: UnparkOptions = {}): Promise<Unparked> {
    await this.#waiting.for(0); // until it is open
    return await this.#alone(async () => {
      this.#waiting.requireRunning();
      const signal = AbortSignal.any([this.#signal, ...(options.signal ? [options.signal] : [])]);
      const unparked = await unpark(this.log, this.projection, { ...options, signal });
      this.#parking = new Parking(unparked.left);
      this.#counts.events += unparked.applied;
      this.#counts.parked = unparked.left.length;
      return unparked;
    });
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // whoever started it has it by then
    let fault: { error: unknown } | undefined;
    try {
      while (!this.#signal.aborted && !await this.#tryToFinish());
      this.options.signal?.throwIfAborted();
    } catch (error) {
      fault = { error };
      if (!this.#signal.aborted) this.#health.unwell(oneLine(error));
    }
    this.#isRunning = this.#isOpen = false;
    await this.#writing;
    try {
      await this.projection.close();
    } catch (error) {
      fault ??= { error };
    }
    this.#waiting.end(fault?.error);
    if (fault) throw fault.error;
  }

  /** @returns whether it has come to its end; false when it is to begin again at the checkpoint */
  async #tryToFinish(): Promise<boolean> {
    try {
      if (!this.#isOpen) {
        await this.projection.initialize({
          name: this.log.name,
          incarnation: this.log.incarnation,
        });
        this.#isOpen = true;
      }
      await this.#follow();
      return true;
    } catch (error) {
      if (this.#signal.aborted) return true;
      if (error instanceof ProjectionUnavailable) await this.#waitOut(error);
      else if (!(error instanceof ProjectionMoved) || ++this.#moves >= MOVES) throw error;
      return false;
    }
  }

  async #waitOut(error: ProjectionUnavailable): Promise<void> {
    this.#health.unwell(error.message);
    this.#failures++;
    const { through, failures = through === undefined ? Infinity : FAILURES_OF_ONE_RUN } =
      this.options;
    if (this.#failures >= failures) throw error;
    await this.#pace.sleep(backoff(this.#failures), this.#signal).catch(() => {}); // told to end
  }

  /** From the checkpoint to the end, if there is one. */
  async #follow(): Promise<void> {
    const { last_sequence: from, events, skipped, parked } = await this.projection.checkpoint();
    this.#parking = await Parking.of(this.projection);
    this.#counts = { events, skipped, parked };
    // A log that is waited for must not keep a projector from being stopped.
    const last = this.#logEnd = await abortable(this.log.lastSequence(), this.#signal);
    if (last < from) {
      throw new LogBroken(`it ends at ${last}, and the projection ${this.name} is at ${from}`);
    }
    this.#rate.at(from);
    this.#waiting.at(from);
    const { through, stepEvents = STEP_EVENTS } = this.options;
    if (from >= (through ?? last)) this.#health.well();
    if (through !== undefined && from >= through) return;
    const assembly = new StepAssembly(from, this.#passedOver, stepEvents);
    await inSteps({
      read: (signal) =>
        through === undefined
          ? this.log.subscribe({ from: from + 1, signal })
          : this.log.read({ from: from + 1, to: through, signal }),
      assembly,
      apply: (step) => this.#alone(() => this.#apply(step)),
      target: through ?? last,
      signal: this.#signal,
    });
    if (through !== undefined && !this.#signal.aborted && assembly.through < through) {
      throw new LogBroken(`it ends at ${assembly.through}, and ${through} was to be read`);
    }
  }

  async #apply(step: Step): Promise<void> {
    const { sleep } = this.#pace;
    const { mostInARow } = this.options;
    const { events, parked } = await applyStep(this.projection, step, this.#parking, {
      signal: this.#signal,
      sleep,
      ...(mostInARow === undefined ? {} : { mostInARow }),
    });
    this.#counts.events += events;
    this.#counts.parked += parked;
    this.#counts.skipped += step.skipped;
    this.#logEnd = Math.max(this.#logEnd, step.through);
    this.#failures = this.#moves = 0;
    this.#health.well();
    this.#rate.at(step.through);
    this.#waiting.at(step.through);
  }

  /** One write at a time: a step, or an un-parking. */
  #alone<T>(write: () => Promise<T>): Promise<T> {
    const mine = this.#writing.then(async () => {
      this.#isWriting = true;
      try {
        return await write();
      } finally {
        this.#isWriting = false;
      }
    });
    this.#writing = mine.catch(() => {}); // told to whoever asked for it
    return mine;
  }
}
