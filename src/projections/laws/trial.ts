/** A law on trial: read models in places of their own, which are gone afterwards. */
import fc from "fast-check";
import type { Checkpoint, ParkedEvent, Projection, Step } from "../projection.ts";
import { type History, LOG } from "./history.ts";
import type { LawOptions, ProjectionLaw, ProjectionSubject } from "./subject.ts";

const RUNS = 20;
/** How long a smaller log is looked for that shows the same, in milliseconds. */
const SHRINK_MS = 20_000;

/** All that there is to see of a read model. */
export interface Seen {
  content: unknown;
  checkpoint: Checkpoint;
  parked: ParkedEvent[];
}

/** The read models that one run of a law has open. */
export class Trial<P extends Projection> {
  static #places = 0;
  readonly #open = new Set<P>();
  readonly #used = new Set<string>();

  /** @param subject what is on trial */
  constructor(readonly subject: ProjectionSubject<P>) {}

  /** A place that was never used. */
  place(): string {
    return `law-${++Trial.#places}`;
  }

  /** Opens what is in a place, for the log of the laws. */
  async open(place = this.place(), log = LOG): Promise<P> {
    const projection = await this.openUninitialized(place);
    await projection.initialize(log);
    return projection;
  }

  /** Opens what is in a place, for a projector, which initializes it. */
  async openUninitialized(place: string): Promise<P> {
    this.#used.add(place);
    const projection = await this.subject.open(place);
    this.#open.add(projection);
    return projection;
  }

  /** Closes a read model, which stays in its place. */
  async close(projection: P): Promise<void> {
    this.#open.delete(projection);
    await projection.close();
  }

  /** It is closed already, by whoever it was given to. */
  forget(projection: P): void {
    this.#open.delete(projection);
  }

  /** What there is to see of a read model. */
  async see(projection: P): Promise<Seen> {
    return {
      content: await this.subject.dump(projection),
      checkpoint: await projection.checkpoint(),
      parked: await projection.parked(),
    };
  }

  /** What is to be seen after these steps, in a place of their own. */
  async after(steps: readonly Step[]): Promise<Seen> {
    const projection = await this.open();
    for (const step of steps) await projection.projectBatch(step);
    const seen = await this.see(projection);
    await this.close(projection);
    return seen;
  }

  /** What is to be seen after a log that was applied all at once. */
  async afterAll(history: History): Promise<Seen> {
    return await this.after([history.step(0, history.end)]);
  }

  /** Closes and removes everything. */
  async end(): Promise<void> {
    for (const projection of this.#open) await projection.close().catch(() => {}); // it broke off
    for (const place of this.#used) await this.subject.dispose(place);
  }
}

/** Makes a law of what is to hold for each of some values. */
export type LawMaker<P extends Projection> = <T>(
  name: string,
  values: fc.Arbitrary<T>,
  holds: (trial: Trial<P>, value: T) => Promise<void>,
) => ProjectionLaw;

/** What makes the laws of one subject. */
export function lawMaker<P extends Projection>(
  subject: ProjectionSubject<P>,
  { runs = RUNS, seed }: LawOptions,
): LawMaker<P> {
  return (name, values, holds) => ({
    name,
    async check() {
      let failedAt: number | undefined;
      const property = fc.asyncProperty(values, async (value) => {
        // Whatever is tried from then on passes, so that the smallest log so far is what is told.
        if (failedAt !== undefined && performance.now() > failedAt + SHRINK_MS) return;
        const trial = new Trial(subject);
        try {
          await holds(trial, value);
        } catch (error) {
          failedAt ??= performance.now();
          throw error;
        } finally {
          await trial.end();
        }
      });
      await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
    },
  });
}

/** Places to cut a log of any length at. */
export const anyCuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(1_000), { maxLength: 8 });

/** Cuts of a log of this length, in order. */
export function cutsOf(history: History, cuts: readonly number[]): number[] {
  return cuts.map((cut) => cut % (history.end + 1)).sort((a, b) => a - b);
}
