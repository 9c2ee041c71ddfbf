import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import {
  type CorrelatedEvent,
  CorrelationTree,
  correlationTree,
} from "../../src/notebook/correlation_tree.ts";
import { replay } from "../../src/replay/replay.ts";
import { Table } from "../../src/table/table.ts";
import { visible } from "../../src/table/text.ts";
import { HOSTILE } from "../replay/history.ts";
import { dangers, pageOf } from "./page_reader.ts";
import { code, display, HOSTILE as STRINGS, notebook } from "./sample.ts";

/** As many names as have room, each with its version. */
const NAMES = `${Array.from({ length: 9 }, (_, at) => `p${at} 1`).join(", ")} and 91 more`;
/** Read as strictly as XML is: what is not well-formed throws. */
const read = ({ svg }: CorrelationTree) =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
const texts = (tree: CorrelationTree) =>
  [...read(tree).querySelectorAll("text")].map(({ textContent }) => textContent);

describe("The tree of a discovery", async () => {
  const log = new MemoryLog(() => new Date("2026-11-01T00:00:00Z"));
  const messages = new MessageFactory(() => new Date("2026-11-01T00:00:00Z"));
  const handler = await CommandHandler.open(log, messages);
  const by = { actor: "discover@web", source: "observed" } as const;
  const root = messages.command(
    "RegisterCompute",
    { hostname: "web", resource_type: "virtual_machine", interfaces: [] },
    by,
  );
  const measured = messages.command("RecordMeasurements", {
    compute: "web",
    observed_at: "2026-11-01T00:00:00Z",
    window_seconds: 1,
    points: [{ name: "system.uptime", unit: "s", value: 1 }],
  }, { ...by, cause: root });
  const programs = Array.from({ length: 100 }, (_, at) =>
    messages.command(
      "ConfigureSoftware",
      { compute: "web", name: `p${at}`, kind: "package", source: "dpkg", version: "1" },
      { ...by, cause: root },
    ));
  await handler.submit([root, ...programs, measured]);
  await using model = await replay(log);
  const { rows: [row] } = await model.sql`SELECT correlation_id FROM correlations`;
  const id = String(row!.correlation_id);
  const tree = await correlationTree(model, id);

  test("says in words what came of what, and how many siblings of one type there are", () => {
    expect(`${tree}`).toBe(`What came of ${id}
102 events of 102 commands · siblings of one type are folded into one
2026-11-01 00:00:00 UTC · discover@web
  ComputeRegistered  web  (1)
  100 × SoftwareConfigured  ${NAMES}  (2 to 101)
  MeasurementsRecorded  web, 1 value  (102)`);
  });

  test("draws a line for each node, with its sequence and time", () => {
    expect(texts(tree)).toEqual(expect.arrayContaining([
      ...["discover@web", "ComputeRegisteredweb", "100 × SoftwareConfigured"],
      ...[NAMES, "2–101", "102", "00:00:00", "time (UTC)"],
      ...["compute", "software"],
    ]));
    expect(read(tree).querySelectorAll("g > circle")).toHaveLength(1 + 2 * 3);
  });

  test("has all events in its table, and is a picture in a notebook", () => {
    expect(tree.table().values).toHaveLength(102);
    expect(tree.table().rows[1]).toMatchObject({ sequence: 2, name: "p0 1" });
    const shown = tree as unknown as Record<symbol, () => unknown>;
    expect(shown[Symbol.for("Jupyter.display")]!()).toEqual({
      "image/svg+xml": tree.svg,
      "text/plain": `${tree}`,
    });
  });

  const unknown = ["0190a3c2-0000-7000-8000-000000000000", "'; DROP TABLE events; --"];
  const answers = await Promise.all(
    unknown.map((id) => correlationTree(model, id).catch((error) => error)),
  );

  test("is refused where there is no such correlation", () => {
    expect(answers.map(({ name, message }) => [name, message])).toEqual(unknown.map((id) => [
      "RangeError",
      `Cannot draw what came of ${JSON.stringify(id)}: no event has this correlation_id; ` +
      "those that there are, are in the table correlations",
    ]));
  });
});

const event = (at: number, more: Partial<CorrelatedEvent> = {}): CorrelatedEvent => ({
  ...{ command: `c${at}`, event_type: "T", aggregate_type: "software", name: `p${at}` },
  ...{ sequence: at + 1, recorded_at: "2026-11-01T00:00:00Z", actor: "ada" },
  ...more,
});
const treeOf = (count: number, more: (at: number) => Partial<CorrelatedEvent>) =>
  new CorrelationTree(
    "root",
    Array.from({ length: count }, (_, at) => event(at, more(at))),
    new Table([], []),
  );

test("A single event is a tree, and a command with several is a cause of its own", () => {
  expect(`${treeOf(1, () => ({}))}`).toMatch(/\n {2}T {2}p0 {2}\(1\)$/);
  const two = treeOf(3, (at) => ({ command: at < 2 ? "root" : "other" }));
  expect(`${two}`.split("\n").slice(3)).toEqual([
    ...["  the root command  (1 to 2)", "    T  p0  (1)", "    T  p1  (2)", "  T  p2  (3)"],
  ]);
});

test("So few siblings that they can be read are not folded", () => {
  expect(treeOf(24, () => ({})).root.children).toHaveLength(24);
  expect(treeOf(25, () => ({})).root.children).toHaveLength(1);
});

describe("However many events there are, nothing is left out unsaid:", () => {
  test.each<[string, (at: number) => Partial<CorrelatedEvent>]>([
    ["of a few types", (at) => ({ event_type: `T${at % 7}` })],
    ["each of another type", (at) => ({ event_type: `T${at}` })],
    ["of one command", (at) => ({ command: "root", event_type: `T${at % 7}` })],
    ["several of a command", (at) => ({ command: `c${at >> 3}`, event_type: `T${at % 101}` })],
    ["many of each command", (at) => ({ command: `c${at % 30}`, event_type: `T${at % 1009}` })],
  ])("10,000 %s", (_, more) => {
    const tree = treeOf(10_000, more);
    expect(tree.root.leaves().reduce((sum, { data }) => sum + data.events, 0)).toBe(10_000);
    expect(tree.svg.length).toBeLessThan(120_000);
  });

  test("of too many lines the rest is counted", () => {
    const tree = treeOf(900, (at) => ({ command: `c${at % 30}`, event_type: `T${at}` }));
    expect(tree.nodes).toHaveLength(1 + 30 * 31);
    // 200 lines: the root, and commands with their 30 events.
    expect(texts(tree)).toContain(`…and ${900 - (199 - 7)} more events`);
  });
});

test("A hundred thousand events are drawn within seconds", () => {
  const start = performance.now();
  expect(treeOf(100_000, (at) => ({ event_type: `T${at % 7}` })).svg).toMatch(/^<svg /);
  expect(performance.now() - start).toBeLessThan(10_000);
});

const hostile = [...STRINGS, HOSTILE, "]]>", "x".repeat(500), "constructor"].map((text) => {
  const more = { event_type: text, name: text, actor: text, aggregate_type: text };
  return [text, treeOf(30, (at) => at < 28 ? more : { ...more, command: "root" })] as const;
});

test.each(hostile)("%j stays text", (text, tree) => {
  const names = new Set([...read(tree).querySelectorAll("*")].map(({ localName }) => localName));
  expect([...names].sort()).toEqual(
    ["circle", "desc", "g", "path", "rect", "svg", "text", "title", "tspan"],
  );
  const told = [...read(tree).querySelectorAll("g > title")].map((one) => one.textContent!);
  expect(told.some((one) => one.includes(visible(text).slice(0, 80)))).toBe(true);
  expect(`${tree}`).not.toMatch(/\p{Bidi_Control}/u);
  expect(`${tree}`.split("\n").length).toBe(3 + tree.nodes.length - 1);
});

test("In a report it is as it was drawn, and nothing in it runs", async () => {
  const pictures = hostile.map(([, { svg }]) => display({ "image/svg+xml": svg }));
  const page = await pageOf(notebook(code("", ...pictures)));
  expect(dangers(page)).toEqual([]);
  for (const name of ["circle", "path", "tspan", "title"]) {
    expect(page.querySelectorAll(`.picture ${name}`)).toHaveLength(
      hostile.reduce((sum, [, tree]) => sum + read(tree).querySelectorAll(name).length, 0),
    );
  }
});
