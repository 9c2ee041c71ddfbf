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
    expect(err).toContain("other.parquet: passed over, for it has no column class or label");
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
