/** The spaces projection: where things are in the conceptual spaces, and were, kept in step with the log. */
import { removePaths } from "../sql/aside.ts";
import { SqlProjection, type SqlProjectionOptions } from "../sql/projection.ts";
import { positionsDefinition, withPositions } from "./tables.ts";

/** What does not fit into so much memory of a long history of positions is on disk while they are made. */
const SETTINGS = { memory_limit: "1200MB" };

/**
 * Folds events as the SQL projection does, into a database of its own, and gives others the positions that come of them:
 * as tables, for whoever has a DuckDB and not our macros. A position is no state that each event moves on, for a late
 * value, or an event that is un-parked, changes positions that were before it; so the fold keeps what they are made of,
 * and a copy has them as they are by then.
 *
 * @example
 * ```ts
 * import { MemoryLog, SpacesProjection } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const projection = new SpacesProjection();
 * await projection.initialize(new MemoryLog(() => new Date()));
 * const path = await Deno.makeTempFile({ suffix: ".duckdb" });
 * await projection.copyTo(path); // which any DuckDB client opens
 * strictEqual((await projection.checkpoint()).events, 0);
 * await projection.close();
 * ```
 */
export class SpacesProjection extends SqlProjection {
  override readonly name = "spaces";

  /** Nothing is opened before {@linkcode initialize}. */
  constructor(options: SqlProjectionOptions = {}) {
    super({ ...options, settings: { ...SETTINGS, ...options.settings } });
  }

  /** Names the version of the tables of positions. */
  override copyDefinition(): Promise<string> {
    return positionsDefinition();
  }

  /**
   * Writes the positions as they are now to another file. That takes about as long as a query of all of their history:
   * some 13 s for a million events.
   *
   * @param path of a file that is replaced
   * @throws {ProjectionUnavailable} when there is no room for it
   */
  override async copyTo(path: string): Promise<void> {
    await this.reach(async (connection) => {
      await removePaths(path, `${path}.wal`);
      await withPositions(connection, path, () => connection.run("CHECKPOINT published"));
    });
  }
}
