/** `cim log` with its filters, and `cim schema` by the word of an independent validator: Python's jsonschema. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/domain/command.ts";
import { EVENTS } from "../../src/domain/event_types.ts";
import { pythonEnvironment } from "../../src/setup/python.ts";
import { type Line, parsed, Place } from "./cim.ts";
import { EVERY_COMMAND, fileOf } from "./command_lines.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

let server: NatsProcess;
let place: Place;
let events: Line[];
beforeAll(async () => {
  server = await startServer({ lines: `authorization { token: "log" }` });
  place = await Place.make({
    NATS_URL: server.url,
    NATS_TOKEN: "log",
    NATS_MONITORING_URL: server.monitoring,
  });
  expect(await place.run(["submit", "-"], { stdin: fileOf(EVERY_COMMAND) }))
    .toMatchObject({ code: 0, err: "" });
  events = await log();
});
afterAll(async () => {
  await place?.[Symbol.asyncDispose]();
  await server?.stop();
});

async function log(...more: string[]): Promise<Line[]> {
  const { code, out, err } = await place.run(["log", "--json", ...more]);
  expect([code, err]).toEqual([0, ""]);
  return parsed(out);
}

describe("cim log", () => {
  test("shows the events of some types, of one aggregate, of one root command, from a sequence on, or of all these", async () => {
    expect(new Set(events.map(({ event_type }) => event_type)))
      .toEqual(new Set(Object.keys(EVENTS)));
    const web2 = events.filter(({ aggregate_id }) => aggregate_id === events[1].aggregate_id);
    expect(web2.length).toBeGreaterThan(3);
    const { aggregate_id: id, correlation_id } = events[2];
    const of = (wanted: (event: Line) => boolean) => events.filter(wanted);
    for (
      const [options, expected] of [
        [["--from", "7"], of(({ sequence }) => sequence >= 7)],
        [["--type", "PolicySet"], of(({ event_type }) => event_type === "PolicySet")],
        [
          ["--type", "NetworkDefined", "ComputeUpdated", "--from", "2"],
          of(({ event_type }) => ["NetworkDefined", "ComputeUpdated"].includes(event_type)),
        ],
        [["--aggregate", id.toUpperCase()], web2],
        [["--correlation", correlation_id], [events[2]]],
        [["--correlation", correlation_id, "--type", "PolicySet"], []],
        [["--aggregate", id, "--from", "3", "--type", "ComputeUpdated"], [events[2]]],
        [["--from", "1000000"], []],
      ] as const
    ) expect(await log(...options), options.join(" ")).toEqual(expected);
  });

  test.each([
    ["--type", "Nonsense"],
    ["--aggregate", "web-02"],
    ["--correlation", "1"],
    ["--from", "0"],
  ])("has exit code 2 for %s %s", async (...args) => {
    expect(await place.run(["log", ...args])).toMatchObject({ code: 2, out: "" });
  });

  test("follows what other processes submit, and ends on Ctrl-C", async () => {
    const from = String(events.length);
    const all = place.start(["log", "--follow", "--json", "--from", from]);
    const some = place.start(["log", "--follow", "--type", "PolicySet"]);
    await all.line(({ sequence }) => sequence === events.length);
    const policies = ["one", "two"].map((name) => ({
      command: "SetPolicy",
      data: { name, severity: "info", selector: "true", rule: "true" },
    }));
    const network = { command: "DefineNetwork", data: { name: "n", cidr: "10.9.0.0/24" } };
    for (const line of [policies[0], network, policies[1]]) {
      await place.run(["submit", "-"], { stdin: fileOf([line]) });
    }
    await all.line(({ sequence }) => sequence === events.length + 3);
    for (const cim of [all, some]) cim.kill("SIGINT");
    for (const cim of [all, some]) {
      const { code, err } = await cim.end();
      expect([code, err]).toEqual([130, expect.stringMatching(/^cim: interrupted.*\n$/)]);
    }
    expect(all.lines.map(({ event_type }) => event_type))
      .toEqual(["ComputeDecommissioned", "PolicySet", "NetworkDefined", "PolicySet"]);
    const shown = some.out.trimEnd().split("\n");
    expect(shown.length).toBe(3);
    expect(shown.at(-1)).toMatch(/^ +\d+ {2}\d{4}-\d\d-\d\d [\d:.]{12} {2}PolicySet +two, info$/);
  });
});

/** What is wrong with each of these, by the schema of that name; null for nothing. */
async function faults(schema: unknown, cases: [name: string, value: unknown][]) {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const program = `
import json, sys
from jsonschema import Draft202012Validator
said = json.load(sys.stdin)
Draft202012Validator.check_schema(said["schema"])
def fault(name, value):
    rule = dict(said["schema"], **{"$ref": "#/$defs/" + name}) if name else said["schema"]
    return next((error.message for error in Draft202012Validator(rule).iter_errors(value)), None)
print(json.dumps([fault(*one) for one in said["cases"]]))
`;
  const python = new Deno.Command(
    join((await pythonEnvironment({ project })).folder, "bin", "python"),
    { args: ["-c", program], stdin: "piped", stdout: "piped" },
  ).spawn();
  const stdin = python.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(JSON.stringify({ schema, cases })));
  await stdin.close();
  return JSON.parse(new TextDecoder().decode((await python.output()).stdout)) as (string | null)[];
}

/** An event as it was before it was recorded. */
function written({ sequence: _, recorded_at: __, upcast_from: ___, ...event }: Line): Line {
  return event;
}

describe("cim schema", () => {
  test("is JSON Schema that every command submitted and every event recorded is valid by", async () => {
    const { code, out } = await place.run(["schema"]);
    expect(code).toBe(0);
    const schema = JSON.parse(out);
    expect(Object.keys(schema.$defs).sort())
      .toEqual(["Command", "Event", ...Object.keys(COMMANDS), ...Object.keys(EVENTS)].sort());
    const cases: [string, unknown][] = [
      ...EVERY_COMMAND.flatMap((line): [string, unknown][] => [
        ["Command", line],
        [line.command, line],
      ]),
      ...events.flatMap((event): [string, unknown][] => [
        ["Event", written(event)],
        [event.event_type, written(event)],
      ]),
    ];
    expect(await faults(schema, cases)).toEqual(cases.map(() => null));
  });

  test("refuses what cim refuses for its form, and takes nothing for another", async () => {
    const schema = JSON.parse((await place.run(["schema"])).out);
    const [register, , , , measure] = EVERY_COMMAND;
    const wrong: [string, unknown][] = [
      ["Command", {}],
      ["Command", [register]],
      ["Command", { ...register, command: "Nonsense" }],
      ["Command", { ...register, colour: "red" }],
      ["Command", { ...register, message_id: "17" }],
      ["Command", { ...register, source: "guessed" }],
      ["Command", { ...register, data: { ...register!.data, hostname: 1 } }],
      ["Command", { ...register, data: { ...register!.data, colour: "red" } }],
      ["Command", { ...register, data: { ...register!.data, cpu_cores: 0 } }],
      ["Command", { ...measure, data: { ...measure!.data, observed_at: "yesterday" } }],
      ["Command", { ...measure, data: { ...measure!.data, points: [] } }],
      ["UpdateCompute", register],
      ["Event", register],
      ["Event", { ...written(events[0]), event_version: 99 }],
      ["Event", { ...written(events[0]), data: {} }],
      ["ComputeUpdated", written(events[0])],
    ];
    const found = await faults(schema, wrong);
    for (const [at, fault] of found.entries()) {
      expect(fault, JSON.stringify(wrong[at])).not.toBe(null);
    }
    // Those that are lines are refused at the door as well.
    const lines = wrong.filter(([name]) => name === "Command").map(([, line]) => line);
    const { out } = await place.run(["submit", "-", "--json"], { stdin: fileOf(lines) });
    expect(parsed(out).map(({ outcome }) => outcome)).toEqual(lines.map(() => "refused"));
  });

  // A Record of Name is `patternProperties: {"^.*$": …}` without `additionalProperties: false`: what has a line end in its
  // name is of no pattern, and names are of any length.
  test("says of tags that their names are 1 to 1,024 characters and their values texts", async () => {
    const schema = JSON.parse((await place.run(["schema"])).out);
    const [, { command, data }] = EVERY_COMMAND as [unknown, typeof EVERY_COMMAND[0]];
    const lines = [{ "": "x" }, { "a\nb": 5 }, { "a\nb": { c: [] } }, { ["k".repeat(1_025)]: "x" }]
      .map((tags) => ({ command, data: { ...data, tags } }));
    const found = await faults(schema, lines.map((line) => ["Command", line]));
    expect(found.filter((fault) => fault === null)).toEqual([]);
    const { out } = await place.run(["submit", "-", "--json"], { stdin: fileOf(lines) });
    expect(parsed(out).map(({ outcome }) => outcome)).toEqual(lines.map(() => "refused"));
  });

  test("says one of them by its name, and knows no other", async () => {
    const { $schema, $defs } = JSON.parse((await place.run(["schema"])).out);
    for (const name of ["RegisterCompute", "PolicySet"]) {
      const { out } = await place.run(["schema", name]);
      expect(JSON.parse(out)).toEqual({ $schema, ...$defs[name] });
    }
    const unknown = await place.run(["schema", "constructor"]);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("RegisterCompute")]);
  });
});
