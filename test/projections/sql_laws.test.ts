/**
 * The SQL projection keeps the laws, to the last row of its tables. With LAW_RUNS=40 each is held against 40 histories,
 * which takes a quarter of an hour.
 */
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { dumpTables } from "./sql_dump.ts";
import { badReference, breakOffAt } from "./sql_subject.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-sql-laws-" });
afterAll(() => Deno.removeSync(folder, { recursive: true }));

const subject: ProjectionSubject<SqlProjection> = {
  async open(place) {
    await Deno.mkdir(join(folder, place), { recursive: true });
    return new SqlProjection({ path: join(folder, place, "model.duckdb") });
  },
  dump: ({ database }) => dumpTables(database.connection),
  dispose: (place) => Deno.remove(join(folder, place), { recursive: true }),
  breakOffAt,
  poison: badReference,
};

describe("The laws of projections, kept by the SQL read model", () => {
  for (
    const { name, check } of projectionLaws(subject, {
      runs: Number(Deno.env.get("LAW_RUNS") ?? 2),
    })
  ) test.concurrent(name, check, 3_600_000);
});
