/** How the days, the events and the rhythm of a sample go together. */
import { describe, expect, test } from "vitest";
import { courseOf, SAMPLE_DEFAULTS, SampleError } from "../../src/sample/options.ts";

const DAY = 86_400_000;
const { start, seed } = SAMPLE_DEFAULTS;

test("Of so many days each resource is measured every five minutes", () => {
  const course = courseOf({ resources: 200, seed, start, days: 3 });
  expect(course).toEqual({
    start: Date.parse(start),
    end: Date.parse(start) + 3 * DAY,
    interval: 300_000,
    events: undefined,
  });
});

describe("Of so many events the history takes 10 to 365 days, where a rhythm allows that", () => {
  test.each([
    [200, 1_000_000, 300, 17],
    [5_000, 10_000_000, 600, 13.8],
    [60, 40_000, 1_800, 13.8],
    [10, 10_000_000, 30, 347],
    [10, 100_000_000, 15, 1_736],
    [5_000, 100_000, 3_600, 0.55],
  ])(
    "%i resources, %i events: every %i s, for about %f days",
    (resources, events, interval, days) => {
      const course = courseOf({ resources, seed, start, events });
      expect(course.interval).toBe(interval * 1_000);
      expect((course.end - course.start) / DAY / days).toBeCloseTo(1, 1);
    },
  );
});

test.each([
  [{ resources: 9 }, "resources: 9 is not a whole number from 10 to 100000"],
  [{ resources: 10.5 }, "resources: 10.5"],
  [{ seed: -1 }, "seed: -1"],
  [{ days: 0 }, "days: 0"],
  [{ events: 0 }, "events: 0"],
  [{ start: "tomorrow" }, "start: tomorrow"],
  [{ start: "2026-10-01T00:00:00+02:00" }, "start: 2026-10-01T00:00:00+02:00"],
])("No sample can be made from %j", (wrong, message) => {
  try {
    courseOf({ resources: 10, seed, start, ...wrong });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SampleError);
    expect(error).toMatchObject({ code: "sample_option" });
    expect((error as Error).message).toContain(message);
  }
});
