import { expect, test } from "vitest";
import type { FoundIncident } from "../../src/perception/incident.ts";
import { judgedIncidents, judgedIncidentsTable } from "../../src/perception/incident_judgement.ts";

const day = (number: number) => `2026-11-0${number}T00:00:00Z`;
const told = (from: number, to: number | null, ...ids: string[]) =>
  ({
    from: day(from),
    to: to === null ? null : day(to),
    found: day(from),
    parts: ids.map((id) => ({ id })),
  }) as unknown as FoundIncident;
const happened = (kind: string, from: number, to: number | null, ...ids: string[]) => ({
  kind,
  from: day(from),
  to: to === null ? null : day(to),
  resources: ids.map((id) => ({ id })),
});

test("An incident is about what happened to one of its resources at the same time", () => {
  const judged = judgedIncidents(
    [told(2, 3, "x", "a"), told(5, 6, "a"), told(2, 3, "b"), told(4, null, "c")],
    [happened("leak", 1, 4, "a"), happened("leak", 7, 8, "a"), happened("lost", 5, null, "c")],
  );
  expect(judged).toEqual({
    kinds: [
      { kind: "leak", incidents: 2, found: 1, recall: 0.5, delaySeconds: 86_400 },
      { kind: "lost", incidents: 1, found: 1, recall: 1, delaySeconds: 0 },
    ],
    told: 4,
    right: 2,
    precision: 0.5,
    recall: 2 / 3,
  });
  expect(judgedIncidentsTable(judged).values)
    .toEqual([["leak", 2, 1, 0.5, 86_400], ["lost", 1, 1, 1, 0]]);
});

test("Of nothing told there is no precision, and of nothing that happened no recall", () => {
  expect(judgedIncidents([], [])).toMatchObject({ precision: null, recall: null });
  expect(judgedIncidents([], [happened("leak", 1, 2, "a")]).kinds[0]?.delaySeconds).toBeNull();
});
