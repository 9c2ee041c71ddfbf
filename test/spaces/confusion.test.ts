import fc from "fast-check";
import { expect, test } from "vitest";
import { confusionOf, type Judgement } from "../../src/spaces/confusion.ts";

const pairs = (...pairs: (readonly [string, string | null])[]): Judgement[] =>
  pairs.map(([declared, perceived]) => ({ declared, perceived }));

const JUDGEMENTS = pairs(
  ...[["r", "r"], ["r", "c"], ["c", "c"], ["c", "c"], ["c", "e"], ["d", null]] as const,
  ...[["d", "d"], ["d", "r"], ["r", "r"], ["r", null]] as const,
);

// precision_recall_fscore_support, f1_score(average="macro") and accuracy_score of scikit-learn 1.9 on these, with
// labels=["c", "d", "e", "r"] and zero_division=0.
const REFERENCE = {
  scores: [
    { class: "c", support: 3, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 },
    { class: "d", support: 3, precision: 1, recall: 1 / 3, f1: 0.5 },
    { class: "e", support: 0, precision: 0, recall: 0, f1: 0 },
    { class: "r", support: 4, precision: 2 / 3, recall: 0.5, f1: 4 / 7 },
  ],
  accuracy: 0.5,
  macroF1: 0.4345238095238095,
};

test("Precision, recall, F1 and their mean are scikit-learn's", () => {
  const { classes, scores, accuracy, macroF1 } = confusionOf(JUDGEMENTS);
  expect(classes).toEqual(["c", "d", "e", "r"]);
  expect(scores).toEqual(REFERENCE.scores);
  expect(accuracy).toBe(REFERENCE.accuracy);
  expect(macroF1).toBeCloseTo(REFERENCE.macroF1, 15);
});

test("What is unknown has a column of its own: it is no class, and never right", () => {
  const { classes, counts, accuracy, macroF1 } = confusionOf(pairs(["a", null], ["a", "a"]));
  expect(classes).toEqual(["a"]);
  expect(counts).toEqual([[1, 1]]);
  expect(accuracy).toBe(0.5);
  expect(macroF1).toBeCloseTo(2 / 3, 15);
});

test("Of nothing there is nothing: no class, and no NaN", () => {
  expect(confusionOf([])).toEqual({
    ...{ classes: [], counts: [], total: 0, accuracy: 0, scores: [], macroF1: 0 },
  });
});

test("Everything is counted once, whatever classes are called and in whatever order it comes", () => {
  const name = fc.constantFrom("a", "b", "__proto__", "constructor", "Ä", "");
  const judgement = fc.record({ declared: name, perceived: fc.option(name) });
  fc.assert(fc.property(fc.array(judgement), (judgements) => {
    const confusion = confusionOf(judgements);
    expect(confusion.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(judgements.length);
    expect(confusionOf(judgements.toReversed())).toEqual(confusion);
    const all = [confusion.accuracy, confusion.macroF1];
    for (const { precision, recall, f1 } of confusion.scores) all.push(precision, recall, f1);
    for (const share of all) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
  }));
});
