/**
 * The SQL projection keeps the laws, to the last row of its tables. With LAW_RUNS=40 each is held against 40 histories,
 * which takes a quarter of an hour.
 */
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { dumpTables } from "./sql_dump.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-sql-laws-" });
afterAll(() => Deno.removeSync(folder, { recursive: true }));

const subject: ProjectionSubject<SqlProjection> = {
  async open(place) {
    await Deno.mkdir(join(folder, place), { recursive: true });
    return new SqlProjection({ path: join(folder, place, "model.duckdb") });
  },
  dump: ({ database }) => dumpTables(database.connection),
  dispose: (place) => Deno.remove(join(folder, place), { recursive: true }),
  // Every statement is one.
  breakOffAt({ database: { connection } }, operation) {
    const run = connection.run.bind(connection);
    let left = operation;
    connection.run = (...statement) =>
      --left > 0 ? run(...statement) : Promise.reject(new Error("the power went out"));
  },
  poison: badReference,
};

/** The schema says of a reference that it is a text; a database, that it is a UUID. */
function badReference(event: InfrastructureEvent): InfrastructureEvent | undefined {
  const compute = "web";
  switch (event.event_type) {
    case "SoftwareConfigured":
      return { ...event, data: { ...event.data, compute } };
    case "ResourceLabelled":
      return { ...event, data: { ...event.data, compute } };
    case "ConnectionEstablished":
      return { ...event, data: { ...event.data, from: { compute } } };
    case "NetworkDefined":
      return { ...event, data: { ...event.data, scope: compute } };
  }
}

describe("The laws of projections, kept by the SQL read model", () => {
  for (
    const { name, check } of projectionLaws(subject, {
      runs: Number(Deno.env.get("LAW_RUNS") ?? 2),
    })
  ) test.concurrent(name, check, 3_600_000);
});
