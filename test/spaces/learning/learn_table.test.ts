import { describe, expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { NothingToLearn } from "../../../src/spaces/learning/error.ts";
import { learningTable, learnTable } from "../../../src/spaces/learning/learn_table.ts";

/** A table with two columns that tell three classes apart together, one that is noise, and one in bytes. */
function table(seed: number, count: number): { columns: Float64Array[]; classes: string[] } {
  const chance = new Chance(seed);
  const noise = () => chance.share() + chance.share() - 1;
  const classes = Array.from({ length: count }, (_, at) => ["web", "db", "cache"][at % 3]!);
  const of = (value: (own: string) => number) => Float64Array.from(classes, value);
  const shared = of(() => 5 * noise());
  return {
    columns: [
      shared.map((value, at) => value + (classes[at] === "web" ? 1 : 0) + 0.2 * noise()),
      shared.map((value, at) => value + (classes[at] === "db" ? 1 : 0) + 0.2 * noise()),
      of(() => 100 * noise()),
      of((own) => 1e9 * Math.exp((own === "cache" ? 3 : 0) + noise())),
    ],
    classes,
  };
}

const right = (labels: readonly { class: string }[], classes: readonly string[]) =>
  labels.filter((label, at) => label.class === classes[at]).length / classes.length;

describe("A table that was learned", () => {
  const known = table(1, 300);
  const asked = table(2, 150);
  const classifier = learnTable(known.columns, known.classes, { seed: 7 });

  test("tells rows that it has not seen, and says how often it will be right", () => {
    expect(right(classifier.label(asked.columns), asked.classes)).toBeGreaterThan(0.93);
    expect(classifier.accuracy).toBeGreaterThan(0.93);
    expect(classifier.chosen).toMatch(/^Mahalanobis/);
  });

  test("says how typical a row is: about 95 % are at or above the threshold, and nothing far off", () => {
    const labels = classifier.label(asked.columns);
    const typical = labels.filter(({ membership }) => membership >= 0.85).length / labels.length;
    expect(typical).toBeGreaterThan(0.85);
    for (const { membership, margin } of labels) {
      expect(membership).toBeGreaterThanOrEqual(0);
      expect(membership).toBeLessThanOrEqual(1);
      expect(margin).toBeGreaterThanOrEqual(0);
      expect(margin).toBeLessThanOrEqual(1);
    }
    const [far] = classifier.label(asked.columns.map(() => Float64Array.of(1e12)));
    expect(far!.membership).toBeLessThan(0.01);
  });

  test("labels rows one by one as it does together", () => {
    const one = asked.columns.map((column) => column.subarray(5, 6));
    expect(classifier.label(one)).toEqual(classifier.label(asked.columns).slice(5, 6));
  });

  test("is the same for the same seed", () => {
    const again = learnTable(known.columns, known.classes, { seed: 7 });
    expect(again.label(asked.columns)).toEqual(classifier.label(asked.columns));
    expect(again.chosen).toBe(classifier.chosen);
  });

  test("says the same whatever the units of its columns are", () => {
    const units = [1, 1_024, 1e-6, 8];
    const other = (columns: Float64Array[]) =>
      columns.map((column, at) => column.map((value) => value * units[at]!));
    const labels = learnTable(other(known.columns), known.classes, { seed: 7 })
      .label(other(asked.columns));
    expect(right(labels, classifier.label(asked.columns).map((label) => label.class)))
      .toBeGreaterThan(0.98);
  });

  test("tells rows in which values are missing; of one without any it says so", () => {
    const chance = new Chance(3);
    const gappy = (columns: Float64Array[]) =>
      columns.map((column) => column.map((value) => chance.share() < 0.15 ? NaN : value));
    const learned = learnTable(gappy(known.columns), known.classes);
    expect(right(learned.label(gappy(asked.columns)), asked.classes)).toBeGreaterThan(0.75);
    const [nothing] = learned.label(known.columns.map(() => Float64Array.of(NaN)));
    expect(nothing).toEqual({ class: "cache", membership: 0, margin: 0 });
  });

  test("takes no other number of columns, and no rows for an answer without any", () => {
    expect(() => classifier.label([Float64Array.of(1)])).toThrow(
      "Cannot label 1 columns: 4 were learned from",
    );
    expect(classifier.label(known.columns.map(() => new Float64Array()))).toEqual([]);
  });
});

describe("A table can be learned", () => {
  test("with a class of one row, constant and empty columns, and two columns that are the same", () => {
    const { columns, classes } = table(1, 60);
    const more = [
      ...columns,
      columns[3]!,
      new Float64Array(60).fill(7),
      new Float64Array(60).fill(NaN),
    ];
    const own = [...classes.slice(0, -1), "unique"];
    const labels = learnTable(more, own).label(more);
    expect(labels.every(({ membership }) => Number.isFinite(membership))).toBe(true);
    expect(new Set(labels.map((label) => label.class)).size).toBeGreaterThanOrEqual(3);
  });

  test("with two rows, and with rows that are all the same", () => {
    const [one, other] = learnTable([Float64Array.of(1, 5)], ["a", "b"])
      .label([Float64Array.of(1.5, 4)]);
    expect([one!.class, other!.class]).toEqual(["a", "b"]);
    const [same] = learnTable([Float64Array.of(3, 3, 3)], ["b", "b", "a"]).label([
      Float64Array.of(3),
    ]);
    expect(same!.margin).toBe(0);
  });

  test("step by step, and says how far it is", () => {
    const { columns, classes } = table(1, 30);
    const shares: number[] = [];
    const learning = learningTable(columns, classes);
    for (let step = learning.next(); !step.done; step = learning.next()) shares.push(step.value);
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
  });

  test("from two classes at least, which is said", () => {
    const column = Float64Array.of(1, 2);
    expect(() => learnTable([column], ["a", "a"])).toThrow(NothingToLearn);
    expect(() => learnTable([column], ["a", "a"])).toThrow(
      'classes: all are "a": give rows of another class too',
    );
    expect(() => learnTable([new Float64Array()], [])).toThrow("classes: there are no rows");
    expect(() => learnTable([], ["a", "b"])).toThrow("columns: there are none: give one at least");
    expect(() => learnTable([column], ["a"])).toThrow(
      "Cannot learn from column 0 of 2 values: there are 1 classes",
    );
  });
});
