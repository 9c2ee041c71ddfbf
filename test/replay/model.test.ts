import { describe, expect, test } from "vitest";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, STORY } from "./history.ts";

describe("A question", () => {
  test("takes values as values, of every kind", async () => {
    await using model = await replay(await history(...STORY));
    const moment = new Date("2026-11-01T00:00:00.123Z");
    const [row] =
      (await model.sql`SELECT ${HOSTILE} AS s, ${1.5} AS f, ${2 ** 40} AS i, ${true} AS b,
      ${null} AS n, ${moment} AS t, ${2n ** 60n} AS big FROM range(10) LIMIT ${1}`).rows;
    expect(row).toEqual({
      s: HOSTILE,
      f: 1.5,
      i: 2 ** 40,
      b: true,
      n: null,
      t: "2026-11-01T00:00:00.123000Z",
      big: 2n ** 60n,
    });
    await expect(model.sql`SELECT ${{}}`).rejects.toThrow("Cannot ask with a value of type object");
  });

  test("that is none is answered with the database's own words", async () => {
    await using model = await replay(await history());
    await expect(model.sql`SELECT * FROM resource`).rejects.toMatchObject({
      code: "query_error",
      message: expect.stringContaining("resources"),
    });
  });
});
