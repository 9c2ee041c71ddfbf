/** `cim space score`, as a process of its own. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TableFolder } from "./tables.ts";

let place: TableFolder;
/** Two columns that go together, one in bytes, one boolean, one text; whoever looked at the label would know too much. */
const ROWS =
  `SELECT i, sin(i) + sin(i * 7.3) AS load, 1e9 * (3 + sin(i) + sin(i * 3.1)) AS "it's ""memory""",
  i % 3 = 0 AS is_busy, 'host ' || i AS host, i % 2 AS label
  FROM range(3000) numbers(i)`;

beforeAll(async () => {
  place = await TableFolder.make();
  await place.write("train.parquet", `SELECT * EXCLUDE (i) FROM (${ROWS})`);
  const test = `SELECT * EXCLUDE (i) REPLACE (CASE WHEN i = 2507 THEN -9 ELSE load END AS load)
    FROM (${ROWS}) WHERE i >= 2500 AND i < 2600 ORDER BY i`;
  await place.write("test.parquet", test);
  await place.write("test.csv", test);
});
afterAll(() => place[Symbol.asyncDispose]());

const score = (train: string, tested: string, out: string, ...more: string[]) =>
  place.cim("space", "score", "--train", train, "--test", tested, "--out", out, ...more);
const SHARES = ["share_load", `share_it's "memory"`, "share_is_busy"];
type Row = Record<string, number>;
const highest = (rows: Row[], of: string) =>
  rows.findIndex((row) => row[of] === Math.max(...rows.map((own) => own[of]!)));

describe("cim space score", () => {
  test("writes score, p-value, concept and shares of each row, in the order of the rows", async () => {
    const { code, out, err } = await score("train.parquet", "test.parquet", "out.parquet");
    expect(code, err).toBe(0);
    expect(err).toContain("left out, for they are neither numeric nor boolean: host");
    expect(out).toMatch(/Calibrated +on 1,000 rows: no p-value is below 0\.000999/);
    expect(out).toMatch(/Found +\d+ rows?, of which 1 in 20/);
    const rows = await place.read("out.parquet") as Row[];
    expect(rows).toHaveLength(100);
    expect(Object.keys(rows[0]!)).toEqual(["score", "p_value", "concept", ...SHARES]);
    expect(highest(rows, "score")).toBe(7);
    expect(rows[7]).toMatchObject({ concept: "1", p_value: 1 / 1_001 });
    for (const row of rows) {
      expect(SHARES.reduce((sum, of) => sum + row[of]!, 0)).toBeCloseTo(row.score!, 9);
    }
  });

  test("does not look at the label, and says the same again, in CSV and JSON too", async () => {
    await place.write(
      "blind.parquet",
      "SELECT * REPLACE (0 AS label) FROM 'train.parquet'"
        .replace("train.parquet", `${place.folder}/train.parquet`),
    );
    const options = ["--seed", "4", "--json"];
    const one = await score("train.parquet", "test.csv", "one.csv", ...options);
    const other = await score("blind.parquet", "test.csv", "other.csv", ...options);
    expect(one.code, one.err).toBe(0);
    const { out: _, seconds: __, ...told } = JSON.parse(one.out);
    const { out: ___, seconds: ____, ...again } = JSON.parse(other.out);
    expect(told).toEqual(again);
    expect(told).toMatchObject({ rows: 100, train_rows: 3_000, calibrated_on: 1_000, seed: 4 });
    expect(await place.read("one.csv")).toEqual(await place.read("other.csv"));
  });

  test("knows a label and a timestamp whatever the case of their names", async () => {
    const series = (names: string) => `SELECT sin(i) AS value, ${names} FROM range(300) numbers(i)`;
    await place.write("large.csv", series(`i % 2 AS "Label", 300 - i AS "TimeStamp"`));
    await place.write("small.csv", series("i % 2 AS label, 300 - i AS timestamp"));
    for (const name of ["large", "small"]) {
      const { code, err } = await score(
        `${name}.csv`,
        `${name}.csv`,
        `${name}.parquet`,
        "--series",
      );
      expect(code, err).toBe(0);
    }
    const rows = await place.read("large.parquet");
    expect(Object.keys(rows[0]!)).toEqual(["score", "p_value", "concept", "share_value"]);
    expect(rows).toEqual(await place.read("small.parquet"));
  });

  test("takes a series in the order of its timestamps, and answers in that of its rows", async () => {
    const series = `SELECT TIMESTAMP '2026-01-01' + INTERVAL (i) MINUTE AS timestamp,
      sin(i / 9) + CASE WHEN i = 2050 THEN 5 ELSE 0 END AS value FROM range(2200) numbers(i)`;
    const [before, after] = ["i < 2000", "i >= 2000"].map((when) => `${series} WHERE ${when}`);
    await place.write("before.parquet", before!);
    await place.write("after.parquet", after!);
    await place.write("mixed.csv", `FROM (${after}) ORDER BY hash(timestamp)`);
    const { code, out, err } = await score(
      "before.parquet",
      "after.parquet",
      "s.parquet",
      "--series",
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(/Calibrated +on 2,000 rows/);
    const rows = await place.read("s.parquet") as Row[];
    expect(Object.keys(rows[0]!)).toEqual(["score", "p_value", "concept", "share_value"]);
    expect(highest(rows, "share_value")).toBe(50);
    expect(rows[50]!.p_value).toBe(1 / 2_001);
    await score("before.parquet", "mixed.csv", "mixed_out.parquet", "--series");
    const mixed = await place.read("mixed_out.parquet") as Row[];
    const times = (await place.read("mixed.csv")).map(({ timestamp }) => String(timestamp));
    const inOrder = [...times.keys()].sort((a, b) => times[a]! < times[b]! ? -1 : 1);
    expect(times[1]! < times[0]! || times[2]! < times[1]!).toBe(true);
    for (const [at, from] of inOrder.entries()) {
      expect(mixed[from]!.score).toBeCloseTo(rows[at]!.score!, 9);
    }
  });

  test("says nothing of a row of which nothing is known, and scores others by what is", async () => {
    await place.write(
      "gaps.csv",
      `SELECT CASE WHEN i > 0 THEN 1.5 END AS load,
      NULL AS "it's ""memory""", CASE WHEN i = 2 THEN true END AS is_busy FROM range(3) n(i)`,
    );
    for (const series of [[], ["--series"]]) {
      const { code, err, out } = await score(
        "train.parquet",
        "gaps.csv",
        "gaps.parquet",
        ...series,
      );
      expect(code, err).toBe(0);
      expect(out).toContain("1 row without values");
      const [none, one, two] = await place.read("gaps.parquet") as Row[];
      expect(Object.values(none!)).toEqual(new Array(6).fill(null));
      expect(one!.share_is_busy).toBe(null);
      expect(two!.share_load! + two!.share_is_busy!).toBeGreaterThan(0);
      expect(one!.score).toBeGreaterThan(0);
    }
  });

  test("scores no rows of an empty table, and says the same of the first one", async () => {
    await place.write("no_rows.parquet", `SELECT * EXCLUDE (i) FROM (${ROWS}) LIMIT 0`);
    for (const [least, ...series] of [[1 / 1_001], [1 / 2_001, "--series"]] as const) {
      const { code, out, err } = await score(
        "train.parquet",
        "no_rows.parquet",
        "no_scores.parquet",
        "--json",
        ...series,
      );
      expect(code, err).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ rows: 0, train_rows: 3_000, least_p_value: least });
      expect(await place.read("no_scores.parquet")).toEqual([]);
    }
  });

  test("says what it cannot do, exits with 1 and leaves no file", async () => {
    await place.write("none.parquet", `FROM (${ROWS}) LIMIT 0`);
    await place.write("text.parquet", "SELECT 'a' AS load, 1 AS label");
    await place.write("untimed.parquet", "SELECT NULL::TIMESTAMP AS timestamp, 1 AS load");
    await place.write("no_number.parquet", "SELECT 'NaN'::DOUBLE AS timestamp, 1 AS load");
    await place.write("load.parquet", "SELECT 1 AS load");
    const before = await place.names();
    const cases: [train: string, test: string, out: string, why: string, ...more: string[]][] = [
      ["none.parquet", "test.parquet", "x.csv", "none.parquet: it has no rows"],
      ["text.parquet", "test.parquet", "x.csv", "text.parquet: no column says numbers"],
      ["train.parquet", "load.parquet", "x.csv", "load.parquet: it lacks 2 columns"],
      ["load.parquet", "text.parquet", "x.csv", 'its column "load" is VARCHAR'],
      ["load.parquet", "untimed.parquet", "x.csv", "row 1 of 1 row has no timestamp", "--series"],
      ["load.parquet", "no_number.parquet", "x.csv", "row 1 of 1 row has no timestamp", "--series"],
      ["nowhere.parquet", "test.parquet", "x.csv", "Cannot read nowhere.parquet"],
      ["train.parquet", "test.parquet", "x.txt", "ends in none of .parquet, .csv"],
      ["train.parquet", "test.parquet", "no/x.csv", "there is no such folder"],
    ];
    for (const [train, tested, out, why, ...more] of cases) {
      const { code, err } = await score(train, tested, out, ...more);
      expect(err).toContain(why);
      expect(err).not.toContain("should not have happened");
      expect(code).toBe(1);
    }
    expect(await place.names()).toEqual(before);
  });

  test.each([
    ["it learns a series", ["--series", "--train", "much.parquet"], /Learning … [1-9]/],
    ["it scores rows", ["--train", "much.parquet"], /Scoring … [1-9]/],
  ])("leaves nothing behind when it is interrupted while %s", async (_, from, until) => {
    const columns = Array.from({ length: 30 }, (_, at) => `sin(i * ${at + 1}.7) AS c${at}`);
    await place.write(
      "much.parquet",
      `SELECT ${columns.join(", ")} FROM range(90000) n(i)`,
    );
    const before = await place.names();
    const child = place.start(
      ...["space", "score", ...from, "--test", "much.parquet"],
      ...["--out", "much_out.parquet"],
    );
    const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; !until.test(text);) {
      const { value, done } = await said.read();
      if (done) throw new Error(`it ended before: ${text}`);
      text += value;
    }
    child.kill("SIGINT");
    said.releaseLock();
    expect((await child.status).code).toBe(130);
    await child.stdout.cancel();
    await child.stderr.cancel().catch(() => {});
    expect(await place.names()).toEqual(before);
  });
});
