/** The spaces projection keeps the laws, to the last row of the tables that others open. */
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { SpacesProjection } from "../../src/projections/spaces/projection.ts";
import { positionsOf } from "./spaces_dump.ts";
import { badReference, breakOffAt } from "./sql_subject.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-spaces-laws-" });
afterAll(() => Deno.removeSync(folder, { recursive: true }));

const subject: ProjectionSubject<SpacesProjection> = {
  async open(place) {
    await Deno.mkdir(join(folder, place), { recursive: true });
    return new SpacesProjection({ path: join(folder, place, "model.duckdb") });
  },
  dump: positionsOf,
  dispose: (place) => Deno.remove(join(folder, place), { recursive: true }),
  breakOffAt,
  poison: badReference,
};

describe("The laws of projections, kept by the spaces", () => {
  for (
    const { name, check } of projectionLaws(subject, {
      runs: Number(Deno.env.get("LAW_RUNS") ?? 1),
    })
  ) test.concurrent(name, check, 3_600_000);
});
