import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, HOSTILE, STORY } from "./history.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-model-test-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

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

describe("A question to Parquet", () => {
  const answer = async (text: string) => {
    const path = join(folder, `it's an "answer".parquet`);
    await using model = await replay(await history(...STORY));
    await model.parquet(text, path);
    return (await model.query("FROM read_parquet($1)", [path])).values;
  };

  test.each([
    "SELECT 1 AS one",
    "SELECT 1 AS one;",
    " SELECT 1 AS one ;; \n",
    "SELECT 1 AS one; -- done",
    "SELECT 1 AS one -- done; really",
    "SELECT 1 AS one /* ; */; /* it's; done */ -- ;",
    "-- it's; one\nSELECT 1 AS one;",
  ])("may end as people end one: %j", async (text) => {
    expect(await answer(text)).toEqual([[1]]);
  });

  test("may have semicolons in its values, and be a PIVOT", async () => {
    expect(await answer("SELECT '; --' AS \"a;b\", $$;$$; --")).toEqual([["; --", ";"]]);
    expect(await answer("PIVOT (SELECT 'a' AS k, 2 AS v) ON k USING any_value(v);"))
      .toEqual([[2]]);
  });

  test("is one: several, none, and what is no SQL are told apart", async () => {
    const told = (text: string, message: RegExp) =>
      expect(answer(text)).rejects.toMatchObject({
        code: "query_error",
        message: expect.stringMatching(message),
      });
    await told("SELECT 1; SELECT 2; -- done", /^There are 2 statements: .*say one$/);
    await told(" ; -- nothing", /^There is no question/);
    await told("SELEC 1;", /^Parser Error: syntax error at or near "SELEC"/);
  });
});

test("Of a question without a statement it is said that there is none", async () => {
  await using model = await replay(await history());
  await expect(model.query("-- nothing")).rejects.toThrow("There is no question");
  await expect(model.query("SELEC 1")).rejects.toThrow(/^Parser Error/);
});

describe("A signal ends at once, with its reason,", () => {
  const LONG = "SELECT sum(i) FROM range(20_000_000_000) AS t(i)";
  const asking: [string, (model: Model) => Promise<unknown>][] = [
    ["a query", (model) => model.query(LONG)],
    ["a query of several statements", (model) => model.query(`${LONG}; ${LONG}`)],
    [
      "a question as a template",
      (model) => model.sql`SELECT sum(i) FROM range(20_000_000_000) t(i)`,
    ],
    ["one to Parquet", (model) => model.parquet(LONG, join(folder, "never.parquet"))],
    ["a summary", async (model) => {
      await model.query(`CREATE VIEW long AS ${LONG}`);
      return await model.summary("long");
    }],
    ["a comparison", async (model) => {
      const path = join(folder, "kept.duckdb");
      await (await replay(await history(), { into: path })).close();
      await model.query(
        `CREATE OR REPLACE VIEW resources AS SELECT *, 1 AS sequence FROM (${LONG})`,
      );
      return await model.compareWith(path);
    }],
  ];
  test.each(asking)("%s", async (_, ask) => {
    const stop = new AbortController();
    await using model = await replay(await history(), { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 500);
    const began = performance.now();
    await expect(ask(model)).rejects.toThrow("enough");
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  test("also where the model was opened from a file, and before it begins", async () => {
    const path = join(folder, "kept.duckdb");
    await (await replay(await history(), { into: path })).close();
    const stop = new AbortController();
    await using model = await Model.open(path, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 200);
    await expect(model.query(LONG)).rejects.toThrow("enough");
    await expect(model.query("SELECT 1")).rejects.toThrow("enough");
  });
});
