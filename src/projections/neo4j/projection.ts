/** The Neo4j projection: the topology as a graph on a server, kept in step with the log. */
import type { Driver, ManagedTransaction } from "neo4j-driver";
import { checkpointAfter, NOTHING_APPLIED, stepOf } from "../checkpoint.ts";
import {
  type Checkpoint,
  type Health,
  type LogIdentity,
  type ParkedEvent,
  type ProjectedEvent,
  type Projection,
  ProjectionMoved,
  ProjectionUnavailable,
  type Step,
} from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { Asking } from "./asking.ts";
import { checkpointOf, type Mark, markOf, markProperties } from "./checkpoint.ts";
import { definition } from "./definition.ts";
import { openDriver } from "./driver.ts";
import { Folded } from "./fold.ts";
import { SCHEMA } from "./schema.ts";
import type { Neo4jSettings } from "./settings.ts";
import * as cypher from "./statements.ts";
import { refusal, trouble } from "./trouble.ts";
import { write } from "./write.ts";

/** Which server, and how the graph on it is kept. */
export interface Neo4jProjectionOptions extends Neo4jSettings {
  /** Which of several graphs in one database, for Community has but one of these; `cim` unless it says otherwise. */
  graph?: string;
  /** Whether a graph that is there is emptied, and made anew. */
  discard?: boolean;
  /** Told why a graph that was there is made anew; not where that was asked for. */
  onAnew?: (reason: string) => void;
}

/** The most events of a step: a transaction is kept in the server's memory, and a large one is slower than several. */
export const GRAPH_STEP_EVENTS = 5_000;

/** So many nodes or relationships are removed in one transaction, which is kept in memory. */
const REMOVED_AT_ONCE = 10_000n;

/**
 * Folds events into a graph of resources, networks, software and policies; `schema.ts` says what is in it. A step is one
 * transaction, with its checkpoint: two projectors at once are fenced by that, whatever machines they are on.
 *
 * A graph of another log, or of another version of this program, is emptied and begun anew: it can be made again from its
 * log, and nothing that is not ours is touched.
 *
 * @example
 * ```ts
 * import { Neo4jProjection, neo4jSettings } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const [uri, username, password] = ["bolt://127.0.0.1:1", "neo4j", "secret"];
 * const projection = new Neo4jProjection(neo4jSettings({ uri, username, password }));
 * strictEqual((await projection.healthCheck()).healthy, false); // nobody is there
 * await projection.close();
 * ```
 */
export class Neo4jProjection implements Projection {
  readonly name = "neo4j";
  /** Whose nodes are ours. */
  readonly graph: string;
  #driver: Promise<Driver> | undefined;
  #log: LogIdentity | undefined;
  #isBegun = false;
  #wasDiscarded = false;

  /** Nothing is connected before {@linkcode initialize}. */
  constructor(private readonly options: Neo4jProjectionOptions) {
    this.graph = options.graph ?? "cim";
  }

  /** Which database of the server it is in; undefined for the server's own. */
  get database(): string | undefined {
    return this.options.database;
  }

  /** The connections to the server, for those who ask the graph as well; {@linkcode close} ends them. */
  connect(): Promise<Driver> {
    return this.#driver ??= openDriver(this.options);
  }

  /**
   * As the port says, and
   *
   * @throws {Neo4jSettingsError} when the server does not let us in, or has no such database: that does not pass
   */
  async initialize({ name, incarnation }: LogIdentity): Promise<void> {
    this.#log = { name, incarnation };
    try {
      await this.#begin();
    } catch (error) {
      throw refusal(error) ?? trouble(error, this.name);
    }
  }

  /** Finds the graph, or makes it. */
  async #begin(): Promise<void> {
    if (!this.#log) throw new ProjectionUnavailable(this.name, "it is not open");
    const ours = { ...this.#log, definition: await definition() };
    let [found] = await this.#marks(cypher.CHECKPOINT);
    if (!found) {
      await this.#makeSchema();
      const fresh = markProperties({ ...NOTHING_APPLIED, ...ours, emptied: 0, is_emptying: false });
      [found] = await this.#marks(cypher.BEGIN, { checkpoint: fresh });
    }
    const reason = found!.is_emptying
      ? "emptying it was broken off"
      : found!.name !== ours.name || found!.incarnation !== ours.incarnation
      ? `it is of the log ${found!.name} (${
        found!.incarnation
      }), and this is ${ours.name} (${ours.incarnation})`
      : found!.definition !== ours.definition
      ? "another version of this program made it"
      : undefined;
    const isDiscarded = this.options.discard && !this.#wasDiscarded;
    if (reason !== undefined || isDiscarded) {
      if (reason !== undefined) this.options.onAnew?.(reason);
      await this.#makeSchema();
      await this.#empty(ours);
    }
    this.#isBegun = this.#wasDiscarded = true;
  }

  async #makeSchema(): Promise<void> {
    for (const statement of SCHEMA) await this.#alone(statement);
    await this.#alone("CALL db.awaitIndexes(60)");
  }

  project(event: ProjectedEvent): Promise<void> {
    return this.projectBatch(stepOf(event));
  }

  async projectBatch(step: Step): Promise<void> {
    const folded = new Folded(step);
    let written: Checkpoint | undefined;
    await this.#reach(() =>
      this.#write(async (ask) => {
        const mark = await this.#lock(ask);
        // Its connection broke off after the end, and this is the second try.
        if (written && sameCheckpoint(mark, written)) return;
        if (mark.last_sequence !== step.after) {
          throw new ProjectionMoved(this.name, step.after, mark.last_sequence);
        }
        if (step.events.length > 0) await write(ask, folded);
        await ask.ids(cypher.UNPARK, step.unpark.map(BigInt));
        const { graph } = this;
        const parked = step.park.map(({ sequence, ...one }) => (
          { graph, sequence: BigInt(sequence), ...one }
        ));
        await ask.rows(cypher.PARK, parked);
        const next = checkpointAfter(checkpointOf(mark), step);
        await ask.run(cypher.ADVANCE, { checkpoint: markProperties(next) });
        written = next;
      })
    );
  }

  checkpoint(): Promise<Checkpoint> {
    return this.#reach(async () => {
      const [mark] = await this.#marks(cypher.CHECKPOINT);
      return checkpointOf(this.#ours(mark));
    });
  }

  parked(): Promise<ParkedEvent[]> {
    return this.#reach(async () => {
      const { records } = await this.#alone(cypher.PARKED);
      return records.map((record) => {
        const { sequence, event_type, aggregate_id, reason } = record.get("parked");
        return { sequence: Number(sequence), event_type, aggregate_id, reason };
      });
    });
  }

  async healthCheck(): Promise<Health> {
    try {
      const [mark] = await this.#marks(cypher.CHECKPOINT);
      this.#ours(mark);
      return { healthy: true, because: "the server answers" };
    } catch (error) {
      return { healthy: false, because: oneLine(refusal(error) ?? error) };
    }
  }

  async reset(): Promise<void> {
    await this.#reach(async () => this.#empty({ ...this.#log!, definition: await definition() }));
  }

  async close(): Promise<void> {
    const driver = this.#driver;
    this.#driver = this.#log = undefined;
    this.#isBegun = false;
    await (await driver)?.close();
  }

  /**
   * Removes all of the graph, in many transactions, and begins it anew.
   *
   * @throws {ProjectionMoved} when another one began to empty it meanwhile
   */
  async #empty(ours: LogIdentity & { definition: string }): Promise<void> {
    const { emptied } = await this.#write(async (ask) => {
      const [found] = await marks(ask, cypher.LOCK);
      const mark = { ...NOTHING_APPLIED, emptied: found!.emptied + 1, is_emptying: true };
      await ask.run(cypher.ADVANCE, { checkpoint: markProperties(mark) });
      return mark;
    });
    const mine = <T>(work: (ask: Asking) => Promise<T>) =>
      this.#write(async (ask) => {
        const [found] = await marks(ask, cypher.LOCK);
        if (found?.emptied !== emptied) throw new ProjectionMoved(this.name, 0, 0);
        return await work(ask);
      });
    for (const some of [cypher.EMPTY_RELATIONSHIPS, cypher.EMPTY_NODES, cypher.EMPTY_PARKED]) {
      for (let deleted = 1n; deleted > 0n;) {
        const [row] = await mine((ask) =>
          ask.run<{ deleted: bigint }>(some, { most: REMOVED_AT_ONCE })
        );
        deleted = row!.deleted;
      }
    }
    const fresh = markProperties({ ...NOTHING_APPLIED, ...ours, is_emptying: false });
    await mine((ask) => ask.run(cypher.ADVANCE, { checkpoint: fresh }));
  }

  /** Takes the checkpoint's lock, until the end of the transaction. */
  async #lock(ask: Asking): Promise<Mark> {
    const [mark] = await marks(ask, cypher.LOCK);
    return this.#ours(mark);
  }

  /** The checkpoint, if it is still that of our log. */
  #ours(mark: Mark | undefined): Mark {
    const log = this.#log;
    const isOurs = mark && log && !mark.is_emptying && mark.name === log.name &&
      mark.incarnation === log.incarnation;
    if (isOurs) return mark;
    const why = !log
      ? "it is not open"
      : !mark
      ? "somebody has removed the graph; it is begun anew"
      : mark.is_emptying
      ? "somebody is emptying the graph"
      : `somebody has made the graph one of the log ${mark.name} (${mark.incarnation})`;
    if (!mark) this.#isBegun = false; // whoever asks next begins it
    throw new ProjectionUnavailable(this.name, why);
  }

  async #marks(statement: string, parameters: Record<string, unknown> = {}): Promise<Mark[]> {
    const { records } = await this.#alone(statement, parameters);
    return records.map((record) => markOf(record.get("checkpoint")));
  }

  /** A statement in a transaction of its own. */
  async #alone(statement: string, parameters: Record<string, unknown> = {}) {
    const { database } = this;
    return await (await this.connect()).executeQuery(
      statement,
      { graph: this.graph, ...parameters },
      database === undefined ? {} : { database },
    );
  }

  /** Several statements in one transaction, which is tried again where it was another's fault. */
  async #write<T>(work: (ask: Asking) => Promise<T>): Promise<T> {
    const { database } = this;
    const session = (await this.connect()).session(database === undefined ? {} : { database });
    try {
      return await session.executeWrite((transaction: ManagedTransaction) =>
        work(new Asking(transaction, this.graph))
      );
    } finally {
      await session.close();
    }
  }

  /** Asks the graph, which is begun again where it was removed; what hinders that is told as trouble of the read model. */
  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (!this.#isBegun) await this.#begin();
      return await work();
    } catch (error) {
      throw trouble(error, this.name);
    }
  }
}

async function marks(ask: Asking, statement: string): Promise<Mark[]> {
  const found = await ask.run<{ checkpoint: Record<string, unknown> }>(statement);
  return found.map(({ checkpoint }) => markOf(checkpoint));
}

function sameCheckpoint(one: Checkpoint, other: Checkpoint): boolean {
  return JSON.stringify(checkpointOf(one as Mark)) === JSON.stringify(checkpointOf(other as Mark));
}
