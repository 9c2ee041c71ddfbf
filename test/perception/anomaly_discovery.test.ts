import { describe, expect, test } from "vitest";
import { STEP } from "../../src/perception/anomaly_course.ts";
import { judgedRows } from "../../src/perception/anomaly_discovery.ts";
import type { EvidenceRow } from "../../src/perception/anomaly_evidence.ts";
import { spansOf } from "../../src/perception/anomaly_span.ts";
import { Chance } from "../../src/spaces/learning/chance.ts";

const RESOURCES = 20;
const NAMES = ["performance.cpu", "performance.memory"];

/** Resources of which nothing is unusual but what `odd` says, step by step. */
function rows(
  steps: number,
  normal: number,
  odd: (resource: number, step: number) => Partial<EvidenceRow> = () => ({}),
): EvidenceRow[] {
  const chance = new Chance(7);
  return [...Array(steps).keys()].flatMap((step) =>
    [...Array(RESOURCES).keys()].map((resource) => ({
      id: `r${String(resource).padStart(2, "0")}`,
      at: step * STEP + resource,
      sequence: step * RESOURCES + resource + 1,
      kind: "virtual_machine",
      isNormal: step < normal,
      unusual: Float64Array.of(chance.share(), chance.share()),
      effect: Float64Array.of(0.2, 0.2),
      measured: Float64Array.of(0.5, 0.5),
      expected: Float64Array.of(0.3, 0.3),
      spread: Float64Array.of(0.02, 0.02),
      hasDrifted: false,
      ...odd(resource, step),
    }))
  );
}

const high = { unusual: Float64Array.of(0.5, 9) };

describe("What is said to be anomalous", () => {
  test("is what is as unusual as nothing was before, as long as it lasts", () => {
    const all = [...judgedRows(
      rows(240, 200, (resource, step) => resource === 3 && step >= 210 && step < 220 ? high : {}),
      2,
      0.05,
    )];
    const own = all.filter(({ id }) => id === "r03");
    const [one, ...others] = spansOf("web", own, NAMES);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      from: 210 * STEP + 3,
      to: 219 * STEP + 3,
      found: 213 * STEP + 3,
      concept: "virtual_machine",
      calibratedOn: 4_200,
    });
    // Two dimensions, and no value of 4,200 is as large.
    expect(one!.p).toBe(2 / 4_201);
    expect(one!.shares[0]!.dimension).toBe("performance.memory");
    expect(one!.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(one!.sequences).toEqual([210 * RESOURCES + 4, 210 * RESOURCES + 4]);
  });

  test("is rarely what is normal: of a share of 0.05 of steps at most", () => {
    const all = [...judgedRows(rows(500, 100), 2, 0.05)];
    const steps = new Set(
      all.filter(({ isDiscovery }) => isDiscovery).map(({ at }) => Math.floor(at / STEP)),
    );
    expect(steps.size / 400).toBeLessThan(0.08);
    expect(all.some(({ p }) => p < 1)).toBe(true);
  });

  test("is nothing where fewer than 1,000 normal values were seen, or where it makes no difference", () => {
    const all = [...judgedRows(rows(45, 40, () => high), 2, 0.05)];
    expect(all.map(({ p }) => p)).toEqual(all.map(() => 1));
    const slight = { ...high, effect: Float64Array.of(0.01, 0.01) };
    const more = [...judgedRows(rows(140, 100, (_, step) => step > 110 ? slight : {}), 2, 0.05)];
    expect(more.filter(({ at }) => at > 111 * STEP).every(({ p }) => p === 1)).toBe(true);
  });

  test("goes on over three hours of nothing, and is on while these are not over", () => {
    const odd = (resource: number, step: number) =>
      resource === 3 && ((step >= 210 && step < 214) || (step >= 219 && step < 224))
        ? { unusual: Float64Array.of(0.5, step) }
        : {};
    const spans = (steps: number) =>
      spansOf(
        "web",
        [...judgedRows(rows(steps, 200, odd), 2, 0.05)].filter(({ id }) => id === "r03"),
        NAMES,
      );
    expect(spans(228)).toMatchObject([{ from: 210 * STEP + 3, to: null }]);
    expect(spans(235)).toMatchObject([{ from: 210 * STEP + 3, to: 223 * STEP + 3 }]);
  });
});
