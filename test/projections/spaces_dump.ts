/** What the spaces projection gives others, to compare it with another. */
import { join } from "node:path";
import type { SpacesProjection } from "../../src/projections/spaces/projection.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { dumpTables } from "./sql_dump.ts";

/** Every row of every table that is published but the checkpoint and what is parked, as text, sorted. */
export async function positionsOf(projection: SpacesProjection): Promise<Record<string, unknown>> {
  const folder = await Deno.makeTempDir({ prefix: "cim-spaces-" });
  try {
    const path = join(folder, `it's a copy.duckdb`);
    await projection.copyTo(path);
    const copy = await openDatabase(path, { access_mode: "READ_ONLY" });
    try {
      return await dumpTables(copy.connection);
    } finally {
      closeDatabase(copy);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
