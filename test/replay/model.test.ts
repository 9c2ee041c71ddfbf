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

  test("is answered with all the digits, and in UTC wherever the machine is", async () => {
    await using model = await replay(await history());
    const zone = Deno.env.get("TZ");
    Deno.env.set("TZ", "America/New_York");
    try {
      const { values } = await model.sql`
        SELECT 0.1::DECIMAL(4, 1), 12345678901234567.123456789::DECIMAL(27, 9), -3.50::DECIMAL(9, 2),
          TIMESTAMPTZ '2026-11-01 00:00:00.5+02', TIMESTAMP '2026-11-01 00:00:00'`;
      expect(values).toEqual([[
        0.1,
        "12345678901234567.123456789",
        -3.5,
        "2026-10-31T22:00:00.500000Z",
        "2026-11-01T00:00:00.000000Z",
      ]]);
    } finally {
      if (zone === undefined) Deno.env.delete("TZ");
      else Deno.env.set("TZ", zone);
    }
  });

  test("that is none is answered with the database's own words", async () => {
    await using model = await replay(await history());
    await expect(model.sql`SELECT * FROM resource`).rejects.toMatchObject({
      code: "query_error",
      message: expect.stringContaining("resources"),
    });
  });
});
