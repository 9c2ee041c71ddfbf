/** `cim space label`, as a process of its own. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TableFolder } from "./tables.ts";

let place: TableFolder;
/** Small and large machines; one column is text, one boolean, and in some rows something is missing. */
const ROWS = `SELECT CASE WHEN i % 3 = 0 THEN 'large' ELSE 'small' END AS size,
  CASE WHEN i % 3 = 0 THEN 32 ELSE 2 END + i % 2 AS cores,
  CASE WHEN i % 7 <> 0 THEN (CASE WHEN i % 3 = 0 THEN 256e9 ELSE 4e9 END * (1 + i / 100)) END AS memory,
  i % 3 = 0 AS is_rented,
  'host ' || i AS "its ""name"""
  FROM range(60) numbers(i)`;

beforeAll(async () => {
  place = await TableFolder.make();
  await place.write("train.parquet", ROWS);
  await place.write("train.csv", ROWS);
  await place.write(
    "test.parquet",
    `SELECT * EXCLUDE (size) FROM (${ROWS}) WHERE cores > 1 LIMIT 20`,
  );
  await place.write("test.csv", `SELECT * EXCLUDE (size) FROM (${ROWS}) LIMIT 20`);
});
afterAll(() => place[Symbol.asyncDispose]());

const label = (train: string, of: string, testFile: string, out: string, ...more: string[]) =>
  place.cim(
    "space",
    "label",
    "--train",
    train,
    "--class",
    of,
    "--test",
    testFile,
    "--out",
    out,
    ...more,
  );
const expected = Array.from({ length: 20 }, (_, at) => at % 3 === 0 ? "large" : "small");

describe("cim space label", () => {
  test("writes class, membership and margin of each row, in the order of the rows", async () => {
    const { code, out, err } = await label("train.parquet", "size", "test.parquet", "out.parquet");
    expect(code, err).toBe(0);
    expect(err).toContain('left out, for they are neither numeric nor boolean: its "name"');
    expect(out).toMatch(/Learned +2 classes from 60 rows of 3 columns/);
    const rows = await place.read("out.parquet");
    expect(rows.map((row) => row.class)).toEqual(expected);
    for (const { membership, margin, ...row } of rows) {
      expect(Object.keys(row)).toEqual(["class"]);
      expect(membership).toBeGreaterThan(0);
      expect(membership).toBeLessThanOrEqual(1);
      expect(margin).toBeGreaterThan(0);
    }
  });

  test("reads and writes CSV too, and says the same with --json and the same seed", async () => {
    const one = await label("train.csv", "size", "test.csv", "one.csv", "--json", "--seed", "4");
    const other = await label(
      "train.csv",
      "size",
      "test.csv",
      "other.csv",
      "--json",
      "--seed",
      "4",
    );
    expect(one.code, one.err).toBe(0);
    const { out: _, seconds: __, ...told } = JSON.parse(one.out);
    const { out: ___, seconds: ____, ...again } = JSON.parse(other.out);
    expect(told).toEqual(again);
    expect(told).toMatchObject({ rows: 20, train_rows: 60, classes: 2, seed: 4 });
    expect(told.columns).toEqual(["cores", "memory", "is_rented"]);
    expect(await place.read("one.csv")).toEqual(await place.read("other.csv"));
    expect((await place.read("one.csv")).map((row) => row.class)).toEqual(expected);
  });

  test("keeps numbers as classes, and takes no part of a path for a pattern or for SQL", async () => {
    const name = "it's [a] *.parquet";
    await place.write(
      name,
      `SELECT (i % 2 + 0.5)::DOUBLE AS kind, i % 2 * 10 + i AS size FROM range(20) n(i)`,
    );
    await place.write("it's xax.parquet", "SELECT 'nothing' AS kind");
    const { code, err } = await label(name, "kind", name, "it's [b].parquet");
    expect(code, err).toBe(0);
    const rows = await place.read("it's [b].parquet");
    expect(new Set(rows.map((row) => row.class))).toEqual(new Set([0.5, 1.5]));
    expect(rows).toHaveLength(20);
  });

  test("leaves out rows without a class and counts them, and labels rows without values", async () => {
    await place.write(
      "some.parquet",
      `SELECT CASE WHEN i % 4 > 0 THEN size END AS size, cores
      FROM (SELECT *, row_number() OVER () AS i FROM (${ROWS}))`,
    );
    await place.write("empty.csv", "SELECT NULL AS cores FROM range(3)");
    const { code, err } = await label("some.parquet", "size", "empty.csv", "out.csv");
    expect(code, err).toBe(0);
    expect(err).toContain("left out: 15 rows without a class");
    expect(err).toContain(
      "empty.csv: nothing is known of 3 rows, which get the most frequent class, with membership 0",
    );
    expect(await place.read("out.csv")).toEqual(
      Array.from({ length: 3 }, () => ({ class: "small", membership: 0, margin: 0 })),
    );
  });

  test("reads NA, NaN, nan and null in CSV as missing numbers, and inf, and leaves names alone", async () => {
    const lines = Array.from({ length: 40 }, (_, at) => {
      const odd = ["NA", "NaN", "nan", "null", "inf", "-inf"][at];
      return `${at % 2 ? "NA" : "EU"},${odd ?? 10 * (at % 2) + at / 100},${at % 2 === 0}`;
    });
    await Deno.writeTextFile(
      `${place.folder}/odd.csv`,
      ["region,load,is_rented", ...lines, "EU,1,NA"].join("\n"),
    );
    await Deno.writeTextFile(
      `${place.folder}/asked.csv`,
      "load,is_rented\n0.2,true\nNA,NA\n10.2,NaN\n-inf,NA\n",
    );
    const { code, out, err } = await label(
      "odd.csv",
      "region",
      "asked.csv",
      "odd_out.csv",
      "--json",
    );
    expect(code, err).toBe(0);
    expect(err).not.toContain("left out");
    expect(JSON.parse(out)).toMatchObject({ columns: ["load", "is_rented"], train_rows: 41 });
    expect(err).toContain("nothing is known of 2 rows");
    const rows = await place.read("odd_out.csv");
    expect([rows[0]!.class, rows[2]!.class]).toEqual(["EU", "NA"]);
  });

  test("names the first value that is no number, and its row", async () => {
    await Deno.writeTextFile(
      `${place.folder}/typed.csv`,
      "cores,memory,is_rented\n2,NA,true\nNA,4e9,true\n2,many,true\n2,more,true\n",
    );
    const { code, err } = await label("train.csv", "size", "typed.csv", "typed_out.csv");
    expect(code).toBe(1);
    expect(err).toContain(
      `typed.csv: its column "memory" is VARCHAR, and was numeric where it was learned from: "many" in row 3 is no number`,
    );
  });

  test("says what it cannot do, exits with 1 and leaves no file", async () => {
    await place.write("one.parquet", "SELECT 'a' AS size, i AS cores FROM range(9) n(i)");
    await place.write("none.parquet", `FROM (${ROWS}) LIMIT 0`);
    await place.write("text.parquet", "SELECT 'a' AS size, 'b' AS cores UNION ALL SELECT 'c', 'd'");
    await place.write("few.parquet", "SELECT 1 AS cores, 'x' AS memory");
    await Deno.writeTextFile(`${place.folder}/no.parquet`, "no Parquet at all");
    const before = await place.names();
    const cases: [train: string, of: string, test: string, out: string, why: string][] = [
      ["train.parquet", "sise", "test.parquet", "x.csv", 'train.parquet: it has no column "sise"'],
      ["one.parquet", "size", "test.parquet", "x.csv", 'all rows have the same "size", "a"'],
      ["none.parquet", "size", "test.parquet", "x.csv", 'no row has a "size"'],
      ["text.parquet", "size", "test.parquet", "x.csv", "is numeric or boolean"],
      ["train.parquet", "size", "few.parquet", "x.csv", "few.parquet: it lacks 1 column"],
      ["train.parquet", "size", "text.parquet", "x.csv", "it lacks 2 columns"],
      ["train.parquet", "size", "missing.parquet", "x.csv", "Cannot read missing.parquet"],
      ["no.parquet", "size", "test.parquet", "x.csv", "Cannot read no.parquet"],
      ["train.txt", "size", "test.parquet", "x.csv", "ends in none of .parquet, .csv"],
      ["train.parquet", "size", "test.parquet", "x.txt", "ends in none of .parquet, .csv"],
      ["train.parquet", "size", "test.parquet", "no/x.csv", "there is no such folder"],
    ];
    for (const [train, of, tested, out, why] of cases) {
      const { code, err } = await label(train, of, tested, out);
      expect(err).toContain(why);
      expect(err).not.toContain("should not have happened");
      expect(code).toBe(1);
    }
    expect(await place.names()).toEqual(before);
  });

  test("leaves nothing behind when it is interrupted", async () => {
    await place.write(
      "much.parquet",
      `SELECT 'c' || i % 5 AS kind, ${
        Array.from({ length: 30 }, (_, at) => `hash(i * 31 + ${at}) % 1000 AS c${at}`).join(", ")
      } FROM range(4000) n(i)`,
    );
    const before = await place.names();
    const child = place.start(
      ...["space", "label", "--train", "much.parquet", "--class", "kind"],
      ...["--test", "much.parquet", "--out", "much_out.parquet"],
    );
    const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; !text.includes("Learning");) {
      const { value, done } = await said.read();
      if (done) throw new Error(`it ended before: ${text}`);
      text += value;
    }
    child.kill("SIGINT");
    said.releaseLock();
    const { code } = await child.status;
    expect(code).toBe(130);
    await child.stdout.cancel();
    await child.stderr.cancel().catch(() => {});
    expect(await place.names()).toEqual(before);
  });
});
