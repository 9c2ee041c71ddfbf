/** A model that is kept for others: built and kept in step in a file of its own, and copied to where they open it. */
import { dirname } from "node:path";
import {
  type Checkpoint,
  type Health,
  type LogIdentity,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionUnavailable,
  type Step,
} from "../projections/projection.ts";
import { oneLine } from "../projections/projector_error.ts";
import { isThere, putAside, removePaths } from "../projections/sql/aside.ts";
import { isAboutPlace, isOutOfReach } from "../projections/sql/database.ts";
import type { SqlProjection } from "../projections/sql/projection.ts";
import { compareWith, type Comparison, identityIn } from "./compare.ts";
import { ModelInUse } from "./model_error.ts";
import { publishFile } from "./publish.ts";

/** Milliseconds between a change and its publication, at least. */
const PUBLISH_MS = 1_000;
/**
 * The share of the time that may go into publishing: a larger model is published less often. Of a million events the
 * tables are copied every few seconds, and positions, which are made anew in 13 s, every two minutes.
 */
const PUBLISH_SHARE = 0.1;

/** What is told about what was found in the place of the copy. */
export interface PublisherOptions {
  /** Told what a database that was made anew says differently from the copy that is there. */
  onReplace?: (comparison: Comparison) => void;
  /** Told why what was there was put aside, and where. */
  onAside?: (reason: string, path: string) => void;
  /** Ends the comparison, with its reason. */
  signal?: AbortSignal;
}

/**
 * An SQL projection of which a copy is published soon after each change. While nobody else may open the database of the
 * projection itself, any number of processes may open the copy: each time they find the newest one, which is whole.
 */
export class Publisher implements Projection {
  readonly name: string;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isChanged = true;
  #isClosed = false;
  #took = 0;
  #trouble: string | undefined;
  #wasLookedAt = false;
  /** Nothing that is behind this sequence is published: what is there is newer. */
  #published = 0;

  /**
   * @param inner whose database has a file
   * @param target the file that others open
   */
  constructor(
    private readonly inner: SqlProjection,
    private readonly target: string,
    private readonly options: PublisherOptions = {},
  ) {
    this.name = inner.name;
  }

  async initialize(log: LogIdentity): Promise<void> {
    await this.#alone(async () => {
      await Deno.mkdir(dirname(this.target), { recursive: true });
      await this.inner.initialize(log);
      if (this.#wasLookedAt) return;
      await this.#lookAtTarget(log);
      this.#wasLookedAt = true;
    });
    // What is there may be torn, or old.
    await this.publish().catch((error) => this.#later(error));
  }

  /**
   * What is there is compared, or put aside if it is no model; a newer one than ours stays until ours is as new. One that
   * somebody has open for writing is neither looked at nor put aside, and replaced as any other: to wait would leave
   * everybody with an old model for as long as one client is forgotten, and what was written into a copy is nobody's loss
   * but of the one who wrote it, who keeps the file that he has open.
   */
  async #lookAtTarget(log: LogIdentity): Promise<void> {
    if (!await isThere(this.target)) return;
    try {
      await this.#compareTarget(log);
    } catch (error) {
      if (!(error instanceof ModelInUse) && !isOutOfReach(error)) throw error;
      // What it would have said is only told, and holds nothing up.
      const unreadable = oneLine(error);
      if (this.inner.wasBegun) this.options.onReplace?.({ unreadable, rows: 0, differences: [] });
    }
  }

  async #compareTarget(log: LogIdentity): Promise<void> {
    const { onReplace, onAside, signal } = this.options;
    const { connection } = this.inner.database;
    const found = await identityIn(connection, this.target);
    if ("unreadable" in found) {
      if (isOutOfReach(new Error(found.unreadable))) return;
      onAside?.(found.unreadable, await putAside(this.target, found.unreadable));
      return;
    }
    const isOurs = found.definition === await this.inner.copyDefinition();
    if (isOurs && found.incarnation === log.incarnation) {
      this.#published = found.last_sequence;
    }
    if (this.inner.wasBegun) onReplace?.(await compareWith(connection, this.target, signal));
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
    this.#published = 0;
    return this.#changing(() => this.inner.reset());
  }

  /** Publishes what is not yet, and closes. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    try {
      // Where it could never be opened there is nothing to publish, and what hinders that has been said.
      if (this.#isChanged && this.#wasLookedAt) await this.publish();
    } finally {
      await this.#alone(() => this.inner.close());
    }
  }

  /**
   * Publishes the model as it is now, unless what is published is newer.
   *
   * @throws {ProjectionUnavailable} when there is no room for it; the one before stays
   */
  publish(): Promise<void> {
    return this.#alone(async () => {
      const began = performance.now();
      const part = `${this.target}.part`;
      try {
        const { last_sequence } = await this.inner.checkpoint();
        if (last_sequence < this.#published) return this.#schedule();
        await this.inner.copyTo(part);
        await publishFile(part, this.target);
        this.#published = last_sequence;
        this.#isChanged = false;
        this.#trouble = undefined;
      } catch (error) {
        this.#trouble = oneLine(error);
        await removePaths(part).catch(() => {}); // the next one takes its place
        if (!isAboutPlace(error)) throw error;
        throw new ProjectionUnavailable(this.name, this.#trouble, { cause: error });
      } finally {
        this.#took = performance.now() - began;
      }
    });
  }

  async #changing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#alone(work);
    } finally {
      // Also where it failed: the database may have been begun anew.
      this.#isChanged = true;
      this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(async () => {
      this.#timer = undefined;
      // It is tried again until it is done; until then the health says why it is not.
      await this.publish().catch(() => this.#schedule());
    }, Math.max(PUBLISH_MS, this.#took / PUBLISH_SHARE));
  }

  #later(error: unknown): void {
    if (!(error instanceof ProjectionUnavailable)) throw error;
    this.#schedule();
  }

  /** One after the other: the database has one connection. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {}); // whoever asked is told
    return mine;
  }
}
