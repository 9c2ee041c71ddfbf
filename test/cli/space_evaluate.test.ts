/** `cim space evaluate --data`, as a process of its own. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWith } from "../../src/cli/python_library.ts";
import { TableFolder } from "./tables.ts";

let place: TableFolder;
const OTHERS = ["nearest centroid", "LDA", "1-NN", "5-NN", "random forest"];

beforeAll(async () => {
  place = await TableFolder.make();
  // As the class or label says, but for every tenth row.
  const rows = (name: string, of: string) =>
    `SELECT ${of} AS ${name}, CASE WHEN i % 10 = 0 THEN 1 - i % 2 ELSE i % 2 END * 100 + i AS size,
      i % 7 AS noise, 'x' AS text FROM range(100) numbers(i)`;
  await place.write("kinds.parquet", rows("class", "'kind ' || i % 2"));
  await place.write("numbers.parquet", rows("label", "i % 2 + 1"));
  await place.write("other.parquet", "SELECT 1 AS a");
});
afterAll(() => place[Symbol.asyncDispose]());

describe("cim space evaluate --data", () => {
  test("judges each labelled table by parts that were not learned from, beside scikit-learn's where it is", async () => {
    const { code, out, err } = await place.cim("space", "evaluate", "--data", ".", "--json");
    expect(code, err).toBe(0);
    expect(err).toContain("passed over other: other.parquet: it has no column class or label");
    const rows = out.trim().split("\n").map((line) => JSON.parse(line));
    const ours = rows.filter(({ by }) => by === "concepts");
    expect(ours.map(({ set, rows, columns, classes }) => [set, rows, columns, classes])).toEqual([
      ["kinds", 100, 2, 2],
      ["numbers", 100, 2, 2],
    ]);
    for (const { accuracy, macro_f1 } of ours) {
      expect(accuracy).toBeGreaterThan(0.8);
      expect(accuracy).toBeLessThan(0.96);
      expect(Math.abs(macro_f1 - accuracy)).toBeLessThan(0.05);
    }
    const others = rows.filter(({ set, by }) => set === "kinds" && by !== "concepts");
    if (await pythonWith("sklearn")) {
      expect(others.map(({ by }) => by)).toEqual(OTHERS);
      expect(err).not.toContain("pip install");
    } else {
      expect(others).toEqual([]);
      expect(err).toContain("pip install scikit-learn");
    }
  });

  test("judges the anomalies of labelled rows and series, beside PyOD's where it is, and makes means", async () => {
    const rows = (seed: number) =>
      `SELECT hash(i * 31 + ${seed}) % 1000 + CASE WHEN i % 10 = 0 THEN 2000 ELSE 0 END AS size,
        hash(i * 17) % 7 AS noise, i % 10 = 0 AS label FROM range(400) numbers(i)`;
    const series = (from: number, jump: number) =>
      `SELECT sin(i / 7) + hash(i) % 100 / 100 + CASE WHEN i % 300 < 5 THEN ${jump} ELSE 0 END AS value,
        i % 300 < 5 AS label FROM range(${from}, ${from + 1_000}) numbers(i)`;
    for (const folder of ["known/tables", "known/flow"]) {
      await Deno.mkdir(`${place.folder}/${folder}`, { recursive: true });
    }
    await place.write("known/tables/one.parquet", rows(1));
    await place.write("known/tables/two.parquet", rows(2));
    await place.write("known/flow/train.parquet", series(0, 0));
    await place.write("known/flow/test.parquet", series(1_000, 4));
    const { code, out, err } = await place.cim("space", "evaluate", "--data", "known", "--json");
    expect(code, err).toBe(0);
    const all = out.trim().split("\n").map((line) => JSON.parse(line));
    const ours = all.filter(({ by }) => by === "space score");
    expect(ours.map(({ set, as, rows, columns, anomalies }) => [set, as, rows, columns, anomalies]))
      .toEqual([
        ["flow", "series", 1_000, 1, 15],
        ["tables/one", "rows", 400, 2, 40],
        ["tables/two", "rows", 400, 2, 40],
        ["tables (rows): mean of 2", "rows", null, null, null],
      ]);
    for (const { as, roc_auc, average_precision } of ours) {
      expect(roc_auc).toBeGreaterThan(0.9);
      // By chance it is 0.015 in the series, and 0.1 among the rows.
      expect(average_precision).toBeGreaterThan(as === "series" ? 0.15 : 0.9);
    }
    expect(ours[3].roc_auc).toBeCloseTo((ours[1].roc_auc + ours[2].roc_auc) / 2, 3);
    const others = all.filter(({ set, by }) => set === "flow" && by !== "space score");
    if (await pythonWith("pyod")) {
      expect(others.map(({ by }) => by)).toEqual(["PyOD KNN", "PyOD IForest", "PyOD ECOD"]);
    } else {
      expect(others).toEqual([]);
      expect(err).toContain("pip install pyod");
    }
  });

  test("passes over what is all normal, which would leave no mean of the others", async () => {
    await Deno.mkdir(`${place.folder}/partly/flow`, { recursive: true });
    const rows = (label: string) => `SELECT i % 13 AS size, ${label} AS label FROM range(200) n(i)`;
    await place.write("partly/none.parquet", rows("0"));
    await place.write("partly/all.parquet", rows("true"));
    await place.write("partly/one.parquet", rows("(i = 7)::INTEGER"));
    await place.write("partly/some.parquet", rows("(i % 9 = 0)::INTEGER"));
    await place.write("partly/flow/train.parquet", rows("0"));
    await place.write("partly/flow/test.parquet", rows("0"));
    const { code, err, out } = await place.cim("space", "evaluate", "--data", "partly", "--json");
    expect(code, err).toBe(0);
    expect(err).toMatch(/passed over flow: .*test\.parquet: its label says 0 of every row/);
    expect(err).toMatch(/passed over none: .*its label says 0 of every row/);
    expect(err).toMatch(/passed over all: .*its label says 1 of every row/);
    const ours = out.trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ by }) => by === "space score");
    expect(ours.map(({ set }) => set)).toEqual(["one", "some", "partly (rows): mean of 2"]);
    for (const { roc_auc } of ours) expect(roc_auc).toEqual(expect.any(Number));
  });

  test("passes over a series without labels to judge by", async () => {
    await Deno.mkdir(`${place.folder}/some/unknown`, { recursive: true });
    await place.write("some/unknown/train.parquet", "SELECT 1 AS value");
    await place.write("some/unknown/test.parquet", "SELECT 1 AS value, NULL::INTEGER AS label");
    await place.write("some/kinds.parquet", "SELECT i % 2 AS class, i AS size FROM range(20) n(i)");
    const { code, err, out } = await place.cim("space", "evaluate", "--data", "some");
    expect(code).toBe(0);
    expect(err).toContain("no label of 0 or 1 says what its rows are");
    expect(out).toContain("kinds");
  });

  test("goes on after a table that is not fit, saying why, and fails where none is", async () => {
    const folder = `${place.folder}/mixed`;
    await Deno.mkdir(`${folder}/bad`, { recursive: true });
    await place.write(
      "mixed/bad/alone.parquet",
      "SELECT 'a' AS class, i AS size FROM range(9) n(i)",
    );
    await Deno.writeTextFile(`${folder}/bad/broken.parquet`, "no Parquet at all");
    await place.write("mixed/bad/words.parquet", "SELECT i AS class, 'x' AS w FROM range(9) n(i)");
    await place.write(
      "mixed/good.parquet",
      "SELECT i % 2 AS class, i AS size FROM range(20) n(i)",
    );
    const some = await place.cim("space", "evaluate", "--data", "mixed", "--json");
    expect(some.code, some.err).toBe(0);
    expect(some.err).toMatch(/passed over bad\/alone: .*all rows have the same "class", "a"/);
    expect(some.err).toMatch(/passed over bad\/broken: Cannot read/);
    expect(some.err).toMatch(/passed over bad\/words: .*there is nothing to learn from/);
    const sets = some.out.trim().split("\n").map((line) => JSON.parse(line).set);
    expect(new Set(sets)).toEqual(new Set(["good"]));
    const parts = some.err.match(/part \d+ of 10/g) ?? [];
    expect(parts).toEqual([...new Set(parts)]);
    const none = await place.cim("space", "evaluate", "--data", "mixed/bad");
    expect([none.code, none.out]).toEqual([1, ""]);
    expect(none.err).toContain("mixed/bad: nothing in it could be judged");
  });

  test("prints a table, and says the same again", async () => {
    await Deno.mkdir(`${place.folder}/one`);
    await place.write(
      "one/few.parquet",
      "SELECT i % 2 AS class, i % 2 + i % 3 AS size FROM range(20) n(i)",
    );
    const evaluate = () => place.cim("space", "evaluate", "--data", "one", "--seed", "3");
    const [one, other] = [await evaluate(), await evaluate()];
    expect(one.out).toMatch(/^set +rows +columns +classes +by +accuracy +macro_f1\n/);
    expect(one.out).toBe(other.out);
  });

  test("says which folder it cannot read, and which has no table", async () => {
    const missing = await place.cim("space", "evaluate", "--data", "nowhere");
    expect(missing.code).toBe(1);
    expect(missing.err).toContain("Cannot read nowhere");
    await Deno.mkdir(`${place.folder}/empty`);
    const empty = await place.cim("space", "evaluate", "--data", "empty");
    expect(empty.err).toContain("Cannot read empty: no name in it ends in .parquet");
  });
});
