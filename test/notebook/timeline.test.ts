import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { incidentTimeline, stateTimeline } from "../../src/notebook/incident_timeline.ts";
import { timeline } from "../../src/notebook/timeline.ts";
import type { Anomaly } from "../../src/perception/anomaly.ts";
import { incidentOf } from "../../src/perception/incident.ts";
import { type Alert, alertsTable } from "../../src/policy/alerts.ts";
import { replay } from "../../src/replay/replay.ts";
import { Table } from "../../src/table/table.ts";
import { visible } from "../../src/table/text.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";
import { dangers, pageOf } from "./page_reader.ts";
import { code, display, HOSTILE as STRINGS, notebook } from "./sample.ts";

const COLUMNS = { lane: "lane", from: "from", to: "to", kind: "kind", label: "label" };
const tableOf = (...rows: unknown[][]) =>
  new Table(
    Object.keys(COLUMNS).map((name) => ({ name, type: "VARCHAR", numeric: false })),
    rows,
  );
const draw = (rows: unknown[][], words = {}) =>
  timeline(tableOf(...rows), COLUMNS, { title: "Work", ...words });
/** Read as strictly as XML is: what is not well-formed throws. */
const read = ({ svg }: { svg: string }) =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
const texts = (drawn: { svg: string }) =>
  [...read(drawn).querySelectorAll("text")].map(({ textContent }) => textContent);
const titles = (drawn: { svg: string }) =>
  [...read(drawn).querySelectorAll("g > title")].map(({ textContent }) => textContent);
/** The bars: left edge, width and upper edge of each. */
const bars = (drawn: { svg: string }) =>
  [...read(drawn).querySelectorAll("g")].filter((one) =>
    /UTC 2/.test(one.querySelector("title")?.textContent ?? "")
  )
    .map((one) => one.querySelector("rect")!)
    .map((one) => ["x", "width", "y"].map((name) => Number(one.getAttribute(name))));
const at = (hour: number) => new Date(Date.UTC(2026, 9, 1, hour)).toISOString();

describe("A timeline of three bars", () => {
  const drawn = draw([
    ["b", at(6), at(8), "cooling", "fan"],
    ["a", at(2), at(6), "cabling", null],
    ["a", at(4), null, "cooling", "pump"],
  ], { until: at(12) });

  test("says in words what is to be seen", () => {
    expect(`${drawn}`).toBe(`Work
3 bars in 2 lanes · 1 going on at the end
from 2026-10-01 02:00:00 to 2026-10-01 12:00:00, in UTC
  a  cabling  2026-10-01 02:00:00 to 2026-10-01 06:00:00
  a  cooling  2026-10-01 04:00:00 on                      pump
  b  cooling  2026-10-01 06:00:00 to 2026-10-01 08:00:00  fan`);
  });

  test("has them where their moments are, and what overlaps below each other", () => {
    const [first, second, third] = bars(drawn) as [number[], number[], number[]];
    const hour = first[1]! / 4;
    expect(second[0]! - first[0]!).toBeCloseTo(2 * hour, 0);
    expect(second[1]! / hour).toBeCloseTo(8, 1);
    expect(third[0]! - first[0]!).toBeCloseTo(4 * hour, 0);
    expect(third[1]! / hour).toBeCloseTo(2, 1);
    expect(first[2]).toBeLessThan(second[2]!);
    expect(second[2]).toBeLessThan(third[2]!);
  });

  test("names the zone of its times, its lanes, kinds and bars", () => {
    expect(texts(drawn)).toEqual(
      expect.arrayContaining(["time (UTC) 1 Oct 2026", "06:00", "a", "b", "cooling", "pump"]),
    );
    expect(titles(drawn)).toContain(
      "UTC 2026-10-01 04:00:00 on, beyond the end: cooling: pump; a",
    );
  });

  test("has a table of what is drawn, and is a picture in a notebook", () => {
    expect(drawn.table().rows[1]).toEqual({
      ...{ lane: "a", from: at(4), to: null, kind: "cooling", label: "pump", known: false },
    });
    const shown = drawn as unknown as Record<symbol, () => unknown>;
    expect(shown[Symbol.for("Jupyter.display")]!()).toEqual({
      "image/svg+xml": drawn.svg,
      "text/plain": `${drawn}`,
    });
  });
});

test("Short and long timelines are marked at round moments in UTC", () => {
  const marks = (from: string, to: string) =>
    texts(draw([["a", from, to, "k", null]])).filter((text) => /\d/.test(text!)).slice(1);
  expect(marks("2026-10-01T00:00:00Z", "2026-10-01T00:00:05Z")).toContain("00:00:02");
  expect(marks("2026-10-01T20:00:00Z", "2026-10-02T06:00:00Z")).toContain("2 Oct");
  expect(marks("2026-12-20T00:00:00Z", "2027-01-10T00:00:00Z")).toContain("time (UTC) 2026–2027");
  expect(marks("2026-01-05T00:00:00Z", "2026-11-10T00:00:00Z")).toContain("Jul 2026");
  expect(marks("2020-01-05T00:00:00Z", "2031-11-10T00:00:00Z")).toContain("2024");
});

test("A moment with another zone is drawn in UTC, and one without any is refused", () => {
  const drawn = draw([["a", "2026-10-01T04:00:00+02:00", "2026-10-01", "k", null]]);
  expect(drawn.left).toBe(1); // it ends before it begins
  expect(draw([["a", "2026-10-01T04:00+02:00", null, "k", null]]).table().rows[0]!.from)
    .toBe("2026-10-01T02:00:00.000Z");
  expect(() => draw([["a", "2026-10-01T04:00:00", null, "k", null]])).toThrow(
    `Cannot read "2026-10-01T04:00:00" in the column "from" as a moment: say it as in "2026-10-04T05:16:30Z"`,
  );
  expect(() => draw([], { until: "soon" })).toThrow("Cannot draw up to soon: it is no moment");
});

test("What has no beginning is left out, and that is said", () => {
  const drawn = draw([["a", null, at(1), "k", null], ["a", at(3), at(2), "k", null]]);
  expect(drawn.summary).toBe(
    "nothing to draw · 2 rows left out: no beginning, or an end before it",
  );
  expect(texts(drawn)).toContain(drawn.summary);
  expect(texts(draw([]))).toEqual(["Work", "nothing to draw"]);
});

test("What is known to have been is outlined, also where nothing was found", () => {
  const known = tableOf(["a", at(0), at(9), "leak", null], ["z", at(2), at(3), "leak", null]);
  const drawn = draw([["a", at(4), at(6), "found", null]], { known });
  expect(drawn.summary).toBe("1 bar in 2 lanes · 2 known to have been, outlined");
  expect(read(drawn).querySelectorAll("g > title ~ rect[stroke-dasharray]")).toHaveLength(2);
  expect(texts(drawn)).toEqual(expect.arrayContaining(["z", "known to have been"]));
});

describe("However much there is,", () => {
  const many = (count: number) => (row: (at: number) => unknown[]) =>
    draw(Array.from({ length: count }, (_, at) => row(at)));
  const minute = (at: number) => new Date(Date.UTC(2026, 9, 1) + at * 60_000).toISOString();

  test("no more lanes are drawn than can be read, and how many more there are is said", () => {
    const drawn = many(10_000)((at) => [`host-${at}`, minute(at), minute(at + 90), "k", null]);
    expect(texts(drawn)).toContain("…and 9,800 more lanes");
    expect(drawn.svg.length).toBeLessThan(200_000);
    expect(drawn.table().values).toHaveLength(10_000);
  });

  test("what cannot be told apart is one bar, which says how many it is", () => {
    const drawn = many(10_000)((at) => ["web", minute(at), minute(at), "blink", null]);
    expect(bars(drawn)).toHaveLength(1);
    expect(texts(drawn)).toContain("10,000 × blink");
  });

  test("what there is no room for is counted", () => {
    const drawn = many(1_000)((at) => ["web", minute(0), minute(60), `k${at % 20}`, null]);
    expect(bars(drawn)).toHaveLength(6);
    expect(texts(drawn)).toEqual(
      expect.arrayContaining(["994 bars more than there is room for in these lanes"]),
    );
    expect(texts(drawn)).toContain("12 other kinds");
  });
});

const hostile = [...STRINGS, HOSTILE, "]]>", "x".repeat(500)].map((text) => {
  const rows = [[text, at(0), at(3), text, text]];
  return [text, draw(rows, { title: text, known: tableOf(...rows) })] as const;
});

test.each(hostile)("%j stays text, and its letters in their place", (text, drawn) => {
  const names = new Set([...read(drawn).querySelectorAll("*")].map(({ localName }) => localName));
  expect([...names].sort()).toEqual(["desc", "g", "path", "rect", "svg", "text", "title"]);
  expect(titles(drawn)[0]!.slice(0, 80)).toBe(visible(text).slice(0, 80));
  expect(`${drawn}`).not.toMatch(/\p{Bidi_Control}/u);
  expect(`${drawn}`.split("\n")).toHaveLength(5);
});

test("In a report it is as it was drawn, and nothing in it runs", async () => {
  const pictures = hostile.map(([, { svg }]) => display({ "image/svg+xml": svg }));
  const page = await pageOf(notebook(code("", ...pictures)));
  expect(dangers(page)).toEqual([]);
  for (const name of ["rect", "path", "text", "title"]) {
    expect(page.querySelectorAll(`.picture ${name}`)).toHaveLength(
      hostile.reduce((sum, [, drawn]) => sum + read(drawn).querySelectorAll(name).length, 0),
    );
  }
});

const anomaly = (id: string, name: string, from: number, to: number | null): Anomaly => {
  const moment = (hour: number) => Date.UTC(2026, 9, 1, hour);
  return {
    ...{ id, name, sign: "silent", from: moment(from), to: to === null ? null : moment(to) },
    ...{ found: moment(from), peak: moment(from), p: null, calibratedOn: null, hasDrifted: false },
    ...{ shares: [], concept: null, sequences: [1], text: "nothing is heard of it" },
  };
};
test("Incidents are in the lanes of their resources, two of one name apart", () => {
  const told = [
    incidentOf([anomaly("1", "web", 1, 3), anomaly("2", "db", 2, null)], new Map()),
    incidentOf([anomaly("3", "web", 5, 6)], new Map()),
  ];
  const truth = [{
    ...{ kind: "lost_power", from: at(0), to: at(4) },
    resources: [{ id: "1", hostname: "web" }, { id: "9", hostname: "spare" }],
  }];
  const drawn = incidentTimeline({ rows: told }, { truth, until: at(8) });
  expect(`${drawn}`).toBe(`Incidents, and what is known to have happened
3 bars in 4 lanes · 2 known to have been, outlined · 1 going on at the end
from 2026-10-01 00:00:00 to 2026-10-01 08:00:00, in UTC
  web (1)  silent        2026-10-01 01:00:00 to 2026-10-01 03:00:00  nothing is heard of it
  db       silent        2026-10-01 02:00:00 on                      nothing is heard of it
  web (3)  silent        2026-10-01 05:00:00 to 2026-10-01 06:00:00  nothing is heard of it
  web (1)  (lost_power)  2026-10-01 00:00:00 to 2026-10-01 04:00:00  lost power
  spare    (lost_power)  2026-10-01 00:00:00 to 2026-10-01 04:00:00  lost power`);
  expect(incidentTimeline({ rows: [] }).summary).toBe("nothing to draw");
});

test("Alerts are drawn from their table", () => {
  const alert: Alert = {
    policy: "disks-have-room",
    severity: "warning",
    resource: "1",
    hostname: "web",
    state: "firing",
    since: at(1),
    fired_at: at(2),
    because: {},
    evidence: [],
  };
  const drawn = timeline(
    alertsTable([alert, { ...alert, state: "resolved", hostname: "db", resolved_at: at(4) }]),
    { lane: "hostname", from: "since", to: "resolved_at", kind: "policy", label: "severity" },
    { title: "Alerts", until: at(6) },
  );
  expect(drawn.summary).toBe("2 bars in 2 lanes · 1 going on at the end");
  expect(texts(drawn)).toEqual(expect.arrayContaining(["disks-have-room", "warning", "web"]));
});

test("The states of a resource are a lane for each property that changed", async () => {
  const web = (cpu_cores: number): Said => [
    "RegisterCompute",
    { hostname: "web", resource_type: "virtual_machine", cpu_cores, interfaces: [] },
  ];
  await using model = await replay(
    await history(
      web(2),
      ["ChangeComputeStatus", { compute: "web", status: "maintenance" }],
      web(4),
    ),
  );
  const drawn = await stateTimeline(model, "web");
  expect(drawn.title).toBe("The states of web");
  const rows = drawn.table().values.map(([lane, from, to, kind]) => [lane, from, to, kind]);
  const [start, changed, grown] = ["00", "01", "02"].map((s) => `2026-11-01T00:00:${s}.000Z`);
  expect(rows).toEqual(expect.arrayContaining([
    ["status", changed, null, "maintenance"],
    ["cpu_cores", start, grown, "2"],
    ["cpu_cores", grown, null, "4"],
  ]));
  expect(rows.every(([lane]) => lane === "status" || lane === "cpu_cores")).toBe(true);
  await expect(stateTimeline(model, "db")).rejects.toThrow(
    `Cannot draw the states of "db": there is no such resource`,
  );
});
