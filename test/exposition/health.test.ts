/** How projections are, as metrics. */
import { expect, test } from "vitest";
import { exposition } from "../../src/exposition/family.ts";
import { projectionFamilies, type ProjectionHealth } from "../../src/exposition/health.ts";

const health = (more: Partial<ProjectionHealth>): ProjectionHealth => ({
  projection: "sql",
  position: 7,
  log_last_sequence: 10,
  lag_events: 3,
  lag_seconds: 0,
  events: 6,
  parked: 1,
  skipped: 0,
  first_skipped: [],
  events_per_second: 40,
  healthy: true,
  because: "nothing is wrong",
  since: "2026-11-01T00:00:00Z",
  running: true,
  alive: true,
  pid: 1,
  written_at: "2026-11-01T00:00:00Z",
  ...more,
});
const lines = (...all: ProjectionHealth[]) => exposition(projectionFamilies(all, 10)).split("\n");

test("A projection is behind by the events that it does not cover, for as long as the first of them waits", () => {
  expect(lines(health({ lag_seconds: 2.5 }))).toEqual(expect.arrayContaining([
    'cim_projection_position{projection="sql"} 7',
    'cim_projection_lag_events{projection="sql"} 3',
    'cim_projection_lag_seconds{projection="sql"} 2.5',
    'cim_projection_events_per_second{projection="sql"} 40',
    'cim_projection_parked_events{projection="sql"} 1',
    'cim_projection_said_timestamp_seconds{projection="sql"} 1793491200',
  ]));
  expect(lines(health({ position: 12 }))).toContain(
    'cim_projection_lag_events{projection="sql"} 0',
  );
});

test("For how long is not said where that is not known, which is not 0", () => {
  const said = lines(health({ lag_seconds: undefined }), health({ projection: "spaces" }));
  expect(said.filter((line) => line.startsWith("cim_projection_lag_seconds"))).toEqual([
    'cim_projection_lag_seconds{projection="spaces"} 0',
  ]);
});

test("One whose process has ended comes forward no more", () => {
  expect(lines(health({ alive: false, running: false }))).toEqual(expect.arrayContaining([
    'cim_projection_events_per_second{projection="sql"} 0',
    'cim_projection_running{projection="sql"} 0',
  ]));
});
