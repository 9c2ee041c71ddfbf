/** How many events of each type there are: a whole projection, whose read model is one JSON file. */
import {
  type Checkpoint,
  checkpointAfter,
  type Health,
  type LogIdentity,
  NOTHING_APPLIED,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionMoved,
  ProjectionUnavailable,
  type Step,
  stepOf,
} from "../../src/mod.ts";

interface Kept {
  log: LogIdentity;
  checkpoint: Checkpoint;
  parked: ParkedEvent[];
  counts: Record<string, number>;
}

export class CountsProjection implements Projection {
  readonly name = "counts";
  #kept!: Kept;
  #lock: Deno.FsFile | undefined;

  constructor(readonly path: string) {}

  get counts(): Readonly<Record<string, number>> {
    return this.#kept.counts;
  }

  async initialize({ name, incarnation }: LogIdentity): Promise<void> {
    const log = { name, incarnation };
    await this.#reach(() => this.#hold());
    const kept = await this.#reach(() => this.#load());
    this.#kept = JSON.stringify(kept?.log) === JSON.stringify(log)
      ? kept!
      : { log, checkpoint: { ...NOTHING_APPLIED }, parked: [], counts: {} };
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    const { log, checkpoint, parked, counts } = this.#kept;
    if (step.after !== checkpoint.last_sequence) {
      throw new ProjectionMoved(this.name, step.after, checkpoint.last_sequence);
    }
    const next = { ...counts };
    for (const { event: { event_type: type } } of step.events) next[type] = (next[type] ?? 0) + 1;
    const stillParked = parked.filter(({ sequence }) => !step.unpark.includes(sequence));
    await this.#save({
      log,
      checkpoint: checkpointAfter(checkpoint, step),
      parked: [...stillParked, ...step.park],
      counts: next,
    });
  }

  checkpoint(): Promise<Checkpoint> {
    return Promise.resolve({ ...this.#kept.checkpoint });
  }

  parked(): Promise<ParkedEvent[]> {
    return Promise.resolve([...this.#kept.parked]);
  }

  healthCheck(): Promise<Health> {
    return Deno.writeTextFile(`${this.path}.probe`, JSON.stringify(this.#kept)).then(
      () => ({ healthy: true, because: "there is room for the file" }),
      (error) => ({ healthy: false, because: error.message }),
    );
  }

  async reset(): Promise<void> {
    const { log } = this.#kept;
    await this.#save({ log, checkpoint: { ...NOTHING_APPLIED }, parked: [], counts: {} });
  }

  close(): Promise<void> {
    this.#lock?.close();
    this.#lock = undefined;
    return Promise.resolve();
  }

  /** Until it is closed the file is this one's alone, so that what is in memory is what is in the file. */
  async #hold(): Promise<void> {
    this.#lock ??= await Deno.open(`${this.path}.lock`, { create: true, write: true });
    if (await this.#lock.tryLock(true)) return;
    await this.close();
    throw new Error(`another projector has ${this.path} open`);
  }

  async #load(): Promise<Kept | undefined> {
    try {
      return JSON.parse(await Deno.readTextFile(this.path));
    } catch (error) {
      const isUseless = error instanceof Deno.errors.NotFound || error instanceof SyntaxError;
      if (!isUseless) throw error;
    }
  }

  /** What was counted and the checkpoint are one file, which is replaced at once: all of a step or nothing. */
  async #save(kept: Kept): Promise<void> {
    await this.#reach(async () => {
      await Deno.writeTextFile(`${this.path}.part`, JSON.stringify(kept));
      await Deno.rename(`${this.path}.part`, this.path);
    });
    this.#kept = kept;
  }

  /** Whatever is wrong with the file has nothing to do with the events. */
  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new ProjectionUnavailable(this.name, String(error), { cause: error });
    }
  }
}
