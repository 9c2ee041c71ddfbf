/** The SQL projection: the tables of the read model in one DuckDB database, kept in step with the log. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { stepOf } from "../checkpoint.ts";
import {
  type Checkpoint,
  type Health,
  type LogIdentity,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionUnavailable,
  type Step,
} from "../projection.ts";
import { isThere, probe, putAside, removePaths } from "./aside.ts";
import { Collapses } from "./collapses.ts";
import { reasonOf, UntypableEvent } from "./culprits.ts";
import {
  closeDatabase,
  type Database,
  hasGivenUp,
  isAboutDamage,
  isAboutPlace,
  isAboutValues,
  isOutOfReach,
  openDatabase,
} from "./database.ts";
import {
  createModel,
  definition,
  foldStep,
  isWhole,
  readCheckpoint,
  readIdentity,
  readParked,
} from "./fold.ts";
import { hold } from "./hold.ts";
import { dropTyped, LinesFile, typeLines } from "./typed.ts";

/** A step is small: a second thread would cost more than it brings, and take the core that the log is read on. */
const SETTINGS = { threads: "1" };

/** How a {@linkcode SqlProjection} is made. Nothing is needed. */
export interface SqlProjectionOptions {
  /** The database's file; in memory without it. */
  path?: string;
  /** Of DuckDB, by their names: `memory_limit` … */
  settings?: Record<string, string>;
  /** Makes the database's file where there is none, with what the log has by now; without it, one with nothing in it. */
  build?: (path: string) => Promise<void>;
  /** Whether a database that is there is removed, and made anew. */
  discard?: boolean;
  /** Told why a database that was there was put aside, and where. */
  onAside?: (reason: string, path: string) => void;
}

/**
 * Folds events into the tables and views of the SQL read model, each step in one transaction.
 *
 * @example
 * ```ts
 * import { MemoryLog, SqlProjection } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const projection = new SqlProjection();
 * await projection.initialize(new MemoryLog(() => new Date()));
 * strictEqual((await projection.checkpoint()).events, 0);
 * await projection.close();
 * ```
 */
export class SqlProjection implements Projection {
  readonly name: string = "sql";
  readonly #path: string;
  readonly #settings: Record<string, string>;
  #database: Database | undefined;
  #lock: Deno.FsFile | undefined;
  /** The file that a step is read from, which nobody else has. */
  #lines: string | undefined;
  #log: LogIdentity | undefined;
  #wasBegun = false;
  /** Why there is no open database, where there should be one. */
  #reason = "it is not open";
  /** How often in a row the database was damaged. */
  #damages = 0;
  readonly #collapses = new Collapses();

  /** Nothing is opened before {@linkcode initialize}. */
  constructor(private readonly options: SqlProjectionOptions = {}) {
    this.#path = options.path ?? ":memory:";
    this.#settings = { ...SETTINGS, ...options.settings };
  }

  /** The open database, for those who read from it or fold into it themselves. */
  get database(): Database {
    if (!this.#database) throw new ProjectionUnavailable(this.name, this.#reason);
    return this.#database;
  }

  /** Whether the database was made anew, and not found. */
  get wasBegun(): boolean {
    return this.#wasBegun;
  }

  get #isFile(): boolean {
    return this.#path !== ":memory:";
  }

  async initialize({ name, incarnation }: LogIdentity): Promise<void> {
    this.#log = { name, incarnation };
    await this.#trouble(() => this.#open());
  }

  /** Opens what is there, or makes it. What was open and has been given up is opened again like this. */
  async #open(): Promise<void> {
    if (!this.#log) throw new ProjectionUnavailable(this.name, this.#reason);
    if (this.#isFile && !this.#lock) {
      this.#lock = await hold(this.#path);
      if (!this.#lock) {
        throw new ProjectionUnavailable(this.name, `another projector has ${this.#path} open`);
      }
      await removePaths(`${this.#path}.tmp`, `${this.#path}.step`); // of one that was killed
    }
    this.#lines ??= this.#isFile
      ? `${this.#path}.step`
      : await Deno.makeTempFile({ prefix: "cim-sql-", suffix: ".step" });
    if (this.options.discard && !this.#wasBegun) await this.#remove();
    const problem = await this.#openExisting();
    if (problem !== undefined) await this.#putAside(problem);
    if (!this.#database) await this.#begin(this.options.build);
  }

  /** Makes a database where there is none. */
  async #begin(build?: (path: string) => Promise<void>): Promise<void> {
    await build?.(this.#path);
    const database = await openDatabase(this.#path, this.#settings);
    this.#database = database;
    if (!build) await createModel(database.connection, this.#log!);
    this.#wasBegun = true;
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    await this.#trouble(async () => {
      const { connection } = await this.#opened();
      const path = this.#lines!;
      const lines = new LinesFile(path);
      try {
        for (const event of step.events) lines.write(event);
      } finally {
        lines.close();
      }
      await foldStep(connection, step, {
        projection: this.name,
        stage: () => typeLines(connection, path),
        unstage: dropTyped,
      });
    }, step.through);
    this.#damages = 0;
    this.#collapses.settle(step.through);
  }

  checkpoint(): Promise<Checkpoint> {
    return this.reach(readCheckpoint);
  }

  parked(): Promise<ParkedEvent[]> {
    return this.reach(readParked);
  }

  async healthCheck(): Promise<Health> {
    try {
      await readCheckpoint(this.database.connection);
      if (this.#path !== ":memory:") await probe(`${this.#path}.probe`);
      return { healthy: true, because: "it can be read and written" };
    } catch (error) {
      return { healthy: false, because: reasonOf(error) };
    }
  }

  async reset(): Promise<void> {
    await this.#trouble(async () => {
      this.#close();
      await this.#remove();
      await this.#begin();
    });
  }

  /** Asks the open database; what hinders that is told as trouble of the read model. */
  protected reach<T>(ask: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#trouble(async () => await ask((await this.#opened()).connection));
  }

  /** Names the version of what a copy holds, as the copy's own checkpoint does. */
  copyDefinition(): Promise<string> {
    return definition();
  }

  /**
   * Copies the database as it is to another file.
   *
   * @param path of a file that is replaced
   * @throws {ProjectionUnavailable} when there is no room for it
   */
  async copyTo(path: string): Promise<void> {
    await this.#trouble(async () => {
      await (await this.#opened()).connection.run("CHECKPOINT");
      // Closed meanwhile: on some systems a file that a process closes is unlocked, whatever else of it is open there.
      this.#close();
      try {
        await Deno.copyFile(this.#path, path);
      } finally {
        this.#database = await openDatabase(this.#path, this.#settings);
      }
    });
  }

  /** Gives the open database away, to whoever closes it then; the projection is closed. */
  async detach(): Promise<Database> {
    const { database } = this;
    this.#database = undefined;
    await this.close();
    return database;
  }

  async close(): Promise<void> {
    this.#close();
    this.#log = undefined;
    if (this.#lines) await removePaths(this.#lines);
    this.#lines = undefined;
    this.#lock?.close();
    this.#lock = undefined;
  }

  async #remove(): Promise<void> {
    if (this.#isFile) await removePaths(this.#path, `${this.#path}.wal`);
  }

  #close(): void {
    if (this.#database) closeDatabase(this.#database);
    this.#database = undefined;
  }

  /** The open database; one that was given up is opened again, or begun anew. */
  async #opened(): Promise<Database> {
    if (!this.#database) await this.#open();
    return this.database;
  }

  /** @returns why the database that is there is of no use; undefined where it is, or there is none */
  async #openExisting(): Promise<string | undefined> {
    if (this.#database || !this.#isFile || !await isThere(this.#path)) return;
    try {
      const database = await openDatabase(this.#path, this.#settings);
      this.#database = database;
      const found = await readIdentity(database.connection);
      const { name, incarnation } = this.#log!;
      if (found.name !== name || found.incarnation !== incarnation) {
        return `it is of the log ${found.name} (${found.incarnation}), and this is ${name} (${incarnation})`;
      }
      if (found.definition !== await definition()) return "another version of this program made it";
      if (!await isWhole(database.connection)) {
        return "it does not hold the events that it says it holds";
      }
      // What nobody finds and a step meets again and again would be met for ever.
      if (this.#damages > 1) return this.#reason;
    } catch (error) {
      this.#close();
      // A database that cannot be looked at for now is no worse for that.
      const isUseless = isAboutDamage(error) || !isAboutPlace(error) ||
        hasGivenUp(error) && !isOutOfReach(error);
      if (!isUseless) throw error;
      return reasonOf(error);
    }
  }

  async #putAside(reason: string): Promise<void> {
    this.#close();
    this.#damages = 0;
    const aside = await putAside(this.#path, reason);
    this.options.onAside?.(reason, aside);
  }

  /**
   * Tells trouble of the database from trouble with the events.
   *
   * @param through up to where a step was to bring it
   */
  async #trouble<T>(work: () => Promise<T>, through?: number): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProjectionUnavailable) throw error;
      if (isAboutValues(error)) throw new UntypableEvent(error);
      const cause = error instanceof Error && isAboutPlace(error.cause) ? error.cause : error;
      if (!isAboutPlace(cause)) throw error;
      if (this.#isFile && (isAboutDamage(cause) || hasGivenUp(cause))) {
        this.#reason = reasonOf(cause);
        this.#close(); // whoever asks next opens it again
        if (isAboutDamage(cause)) this.#damages++;
        else if (through !== undefined && this.#collapses.isToBlame(cause, through)) {
          await this.#trouble(() => this.#open());
          throw error;
        }
      }
      throw new ProjectionUnavailable(this.name, reasonOf(cause), { cause: error });
    }
  }
}
