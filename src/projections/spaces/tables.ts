/** The tables of the spaces: made beside the tables and views of the fold, in a database of their own. */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { statements } from "../sql/database.ts";
import { definition } from "../sql/fold.ts";

/** What is published of the spaces, in the order in which people look at it. */
export const POSITION_TABLES: readonly string[] = [
  "compute_positions",
  "compute_positions_history",
  "position_events",
  "position_drift",
  "software_positions",
  "network_positions",
  "connection_positions",
  "policy_positions",
  "concepts",
  "labels",
];

/** Names the version of these tables, and of the fold that they are made of. */
export async function positionsDefinition(): Promise<string> {
  const hash = createHash("sha256").update(await definition()).update(await tables());
  return hash.digest("hex").slice(0, 16);
}

/**
 * Does something while the tables of the spaces, as the open database has them now, are in a database `published`.
 *
 * @param path of its file, which is not there yet; `:memory:` for one that is gone afterwards
 */
export async function withPositions<T>(
  connection: DuckDBConnection,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS published (READ_WRITE)`);
  try {
    await connection.run(await tables());
    await connection.run("UPDATE published.fold.checkpoint SET definition = $definition", {
      definition: await positionsDefinition(),
    });
    return await work();
  } finally {
    await connection.run("DETACH DATABASE IF EXISTS published").catch(() => {}); // it has given up
  }
}

function tables(): Promise<string> {
  return statements("../spaces/tables.sql");
}
