/** The SQL projection: the tables of the read model in one DuckDB database, kept in step with the log. */
import { join } from "node:path";
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
import { oneLine } from "./culprits.ts";
import {
  closeDatabase,
  type Database,
  isAboutDamage,
  isAboutPlace,
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
import { dropTyped, LinesFile, typeLines } from "./typed.ts";

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
  readonly name = "sql";
  readonly #path: string;
  #database: Database | undefined;
  #work: string | undefined;
  #log: LogIdentity | undefined;
  #isReopening = false;
  #wasBegun = false;

  /** Nothing is opened before {@linkcode initialize}. */
  constructor(private readonly options: SqlProjectionOptions = {}) {
    this.#path = options.path ?? ":memory:";
  }

  /** The open database, for those who read from it or fold into it themselves. */
  get database(): Database {
    if (!this.#database) throw new ProjectionUnavailable(this.name, "it is not open");
    return this.#database;
  }

  /** Whether the database was made anew, and not found. */
  get wasBegun(): boolean {
    return this.#wasBegun;
  }

  async initialize(log: LogIdentity): Promise<void> {
    this.#log = { name: log.name, incarnation: log.incarnation };
    this.#work ??= await Deno.makeTempDir({ prefix: "cim-sql-" });
    if (this.options.discard && !this.#wasBegun) await this.#remove();
    const problem = await this.#openExisting();
    if (problem !== undefined) await this.#putAside(problem);
    if (this.#database) return;
    await this.#begin(this.options.build);
  }

  /** Makes a database where there is none. */
  async #begin(build?: (path: string) => Promise<void>): Promise<void> {
    const { settings } = this.options;
    await this.#trouble(async () => {
      await build?.(this.#path);
      this.#database = await openDatabase(this.#path, settings);
      if (!build) await createModel(this.#database.connection, this.#log!);
      this.#wasBegun = true;
    });
  }

  project(event: ProjectedEvent): Promise<void> {
    const { sequence } = event.record;
    return this.projectBatch({
      after: sequence - 1,
      through: sequence,
      events: [event],
      skipped: 0,
      park: [],
      unpark: [],
    });
  }

  async projectBatch(step: Step): Promise<void> {
    const { connection } = this.database;
    const path = join(this.#work!, "step.tsv");
    await this.#trouble(async () => {
      const lines = new LinesFile(path);
      try {
        for (const event of step.events) lines.write(event);
      } finally {
        lines.close();
      }
      await foldStep(connection, step, {
        stage: () => typeLines(connection, path),
        unstage: dropTyped,
      });
    });
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#trouble(() => readCheckpoint(this.database.connection));
  }

  parked(): Promise<ParkedEvent[]> {
    return this.#trouble(() => readParked(this.database.connection));
  }

  async healthCheck(): Promise<Health> {
    try {
      // A write, since a full disk lets everything be read.
      const { connection } = this.database;
      await connection.run("UPDATE fold.checkpoint SET events = events");
      return { healthy: true, because: "it can be read and written" };
    } catch (error) {
      return { healthy: false, because: oneLine(error) };
    }
  }

  async reset(): Promise<void> {
    this.#close();
    await this.#remove();
    await this.#begin();
  }

  /**
   * Copies the database as it is to another file, which is on disk then.
   *
   * @param path of a file that is replaced
   * @throws {ProjectionUnavailable} when there is no room for it
   */
  async copyTo(path: string): Promise<void> {
    await this.#trouble(async () => {
      await this.database.connection.run("CHECKPOINT");
      // Closed meanwhile: on some systems a file that a process closes is unlocked, whatever else of it is open there.
      this.#close();
      try {
        await Deno.copyFile(this.#path, path);
      } finally {
        this.#database = await openDatabase(this.#path, this.options.settings);
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
    if (this.#work) await Deno.remove(this.#work, { recursive: true });
    this.#work = undefined;
  }

  async #remove(): Promise<void> {
    if (this.#path !== ":memory:") await remove(this.#path, `${this.#path}.wal`);
  }

  #close(): void {
    if (this.#database) closeDatabase(this.#database);
    this.#database = undefined;
  }

  /** @returns why the database that is there is of no use; undefined where it is, or there is none */
  async #openExisting(): Promise<string | undefined> {
    if (this.#database || this.#path === ":memory:" || !await isThere(this.#path)) return;
    try {
      const database = await openDatabase(this.#path, this.options.settings);
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
    } catch (error) {
      if (/lock/i.test(oneLine(error))) {
        throw new ProjectionUnavailable(this.name, oneLine(error), { cause: error });
      }
      return oneLine(error);
    }
  }

  /** What was there stays beside for whoever wants to look at it, until the next time. */
  async #putAside(reason: string): Promise<void> {
    this.#close();
    const aside = `${this.#path}.aside`;
    await remove(`${aside}.wal`);
    await Deno.rename(this.#path, aside);
    if (await isThere(`${this.#path}.wal`)) {
      await Deno.rename(`${this.#path}.wal`, `${aside}.wal`);
    }
    await Deno.writeTextFile(`${aside}.txt`, `${reason}\n`);
    this.options.onAside?.(reason, aside);
  }

  /** Tells trouble of the database from trouble with the events. */
  async #trouble<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isAboutPlace(error)) throw error;
      if (isAboutDamage(error) && this.#path !== ":memory:") await this.#reopen(oneLine(error));
      throw new ProjectionUnavailable(this.name, oneLine(error), { cause: error });
    }
  }

  /** A database that has given itself up is opened again; one that then is not whole is put aside and begun anew. */
  async #reopen(reason: string): Promise<void> {
    if (this.#isReopening) return;
    this.#isReopening = true;
    try {
      this.#close();
      await this.initialize(this.#log!);
    } catch (error) {
      throw new ProjectionUnavailable(this.name, reason, { cause: error });
    } finally {
      this.#isReopening = false;
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

async function remove(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
