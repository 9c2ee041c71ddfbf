/** A model that is kept for others: built and kept in step in a file of its own, and copied to where they open it. */
import { dirname } from "node:path";
import type {
  Checkpoint,
  Health,
  LogIdentity,
  ParkedEvent,
  ProjectedEvent,
  Projection,
  Step,
} from "../projections/projection.ts";
import { oneLine } from "../projections/projector_error.ts";
import type { SqlProjection } from "../projections/sql/projection.ts";
import { compareWith, type Comparison } from "./compare.ts";
import { publishFile } from "./publish.ts";

/** Milliseconds between a change and its publication, at least. */
const PUBLISH_MS = 1_000;
/** The share of the time that may go into publishing: a larger model is published less often. */
const PUBLISH_SHARE = 0.1;

/**
 * An SQL projection of which a copy is published soon after each change. While nobody else may open the database of the
 * projection itself, any number of processes may open the copy: each time they find the newest one, which is whole.
 */
export class Publisher implements Projection {
  readonly name: string;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isChanged = true;
  #took = 0;
  #trouble: string | undefined;

  /**
   * @param inner whose database has a file
   * @param target the file that others open
   * @param onReplace told what a database that was made anew says differently from the copy that is there
   */
  constructor(
    private readonly inner: SqlProjection,
    private readonly target: string,
    private readonly onReplace?: (comparison: Comparison) => void,
  ) {
    this.name = inner.name;
  }

  async initialize(log: LogIdentity): Promise<void> {
    await Deno.mkdir(dirname(this.target), { recursive: true });
    await this.#alone(() => this.inner.initialize(log));
    if (this.inner.wasBegun && this.onReplace && await isThere(this.target)) {
      this.onReplace(await compareWith(this.inner.database.connection, this.target));
    }
    // What is there may be of another log, torn, or old.
    await this.publish();
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.#changing(() => this.inner.project(event));
  }

  projectBatch(step: Step): Promise<void> {
    return this.#changing(() => this.inner.projectBatch(step));
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#alone(() => this.inner.checkpoint());
  }

  parked(): Promise<ParkedEvent[]> {
    return this.#alone(() => this.inner.parked());
  }

  async healthCheck(): Promise<Health> {
    if (this.#trouble === undefined) return await this.#alone(() => this.inner.healthCheck());
    return { healthy: false, because: `the model cannot be published: ${this.#trouble}` };
  }

  reset(): Promise<void> {
    return this.#changing(() => this.inner.reset());
  }

  /** Publishes what is not yet, and closes. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      if (this.#isChanged) await this.publish();
    } finally {
      await this.#alone(() => this.inner.close());
    }
  }

  /**
   * Publishes the model as it is now.
   *
   * @throws {ProjectionUnavailable} when there is no room for it; the one before stays
   */
  publish(): Promise<void> {
    return this.#alone(async () => {
      const began = performance.now();
      const part = `${this.target}.part`;
      try {
        await this.inner.copyTo(part);
        await publishFile(part, this.target);
        this.#isChanged = false;
        this.#trouble = undefined;
      } catch (error) {
        this.#trouble = oneLine(error);
        await Deno.remove(part).catch(() => {}); // it may be that there is none
        throw error;
      } finally {
        this.#took = performance.now() - began;
      }
    });
  }

  async #changing<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.#alone(work);
    this.#isChanged = true;
    this.#schedule();
    return done;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(async () => {
      this.#timer = undefined;
      // It is tried again until it is done; until then the health says why it is not.
      await this.publish().catch(() => this.#schedule());
    }, Math.max(PUBLISH_MS, this.#took / PUBLISH_SHARE));
  }

  /** One after the other: the database has one connection. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {}); // whoever asked is told
    return mine;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
