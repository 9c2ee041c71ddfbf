/** What of an import is shown. */
import { expect, test } from "vitest";
import { SHOWN, Some } from "../../src/cli/import_answers.ts";

test("Of many things the first are shown by their rank, in whichever order they came", () => {
  const some = new Some();
  const ranks = Array.from({ length: 3 * SHOWN }, (_, at) => (at * 7) % (3 * SHOWN));
  expect(new Set(ranks).size).toBe(3 * SHOWN);
  for (const rank of ranks) some.add(`row ${rank}`, rank);
  expect(some.rows("Refused", "60")).toEqual([
    ["Refused", "60"],
    ...Array.from({ length: SHOWN }, (_, rank) => ["", `row ${rank}`]),
    ["", `and ${2 * SHOWN} more: --json says each`],
  ]);
});

test("Things of one rank are shown as they came", () => {
  const some = new Some();
  for (let at = 0; at <= SHOWN; at++) some.add(`${at}`);
  expect(some.rows("Odd", "21").map(([, text]) => text)).toEqual([
    "21",
    ...Array.from({ length: SHOWN }, (_, at) => `${at}`),
    "and 1 more: --json says each",
  ]);
});
