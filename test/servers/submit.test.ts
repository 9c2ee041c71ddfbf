/** `cim submit` as people and programs use it: files, stdin, answers, exit codes. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/domain/command.ts";
import { type Line, parsed, Place } from "./cim.ts";
import { EVERY_COMMAND, fileOf } from "./command_lines.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

let server: NatsProcess;
let place: Place;
beforeAll(async () => {
  server = await startServer({ lines: `authorization { token: "submit" }` });
  place = await Place.make({
    NATS_URL: server.url,
    NATS_TOKEN: "submit",
    NATS_MONITORING_URL: server.monitoring,
  });
});
afterAll(async () => {
  await place?.[Symbol.asyncDispose]();
  await server?.stop();
});

const log = async (...more: string[]): Promise<Line[]> =>
  parsed((await place.run(["log", "--json", ...more])).out);
const last = async () => (await log()).at(-1)?.sequence ?? 0;
const network = (at: number) => ({
  command: "DefineNetwork",
  data: { name: `n${at}`, cidr: `10.${at >> 8}.${at & 255}.0/24` },
});
const policy = (at: number, round: string) => ({
  command: "SetPolicy",
  message_id: `0199aaaa-${round}-7000-8000-${at.toString(16).padStart(12, "0")}`,
  data: { name: `p${at}`, severity: "info", selector: "true", rule: `${round} == ${at}` },
});

describe("A file of commands", () => {
  test("may have every command in it that there is, and each answer says what came of it", async () => {
    expect(new Set(EVERY_COMMAND.map(({ command }) => command)))
      .toEqual(new Set(Object.keys(COMMANDS)));
    await place.file("every.jsonl", fileOf(EVERY_COMMAND));
    const { code, out, err } = await place.run(["submit", "every.jsonl", "--json"]);
    const answers = parsed(out);
    expect(answers.filter(({ outcome }) => outcome !== "accepted")).toEqual([]);
    expect([code, err]).toEqual([0, ""]);
    const events = await log();
    expect(answers.length).toBe(EVERY_COMMAND.length);
    for (const [at, answer] of answers.entries()) {
      const { event_id, event_type, sequence, aggregate_id, causation_id } = events[at];
      expect(answer).toEqual({
        line: at + 1,
        message_id: causation_id,
        outcome: "accepted",
        events: [{ event_id, event_type, sequence }],
        aggregate_id,
        findings: answer.findings,
      });
      const { actor = `cim@${Deno.hostname()}` } = EVERY_COMMAND[at]!;
      expect(events[at].actor).toBe(actor);
    }
    const again = await place.run(["submit", "every.jsonl", "--actor", "ada"]);
    expect([again.code, again.err]).toEqual([0, ""]);
    expect(again.out).toMatch(
      /^Accepted +\d+ commands, sequences 17 to \d+\nUnchanged +\d+ commands?\nRefused +0 commands\n/,
    );
  });

  test("has what is refused said, and holds up nothing", async () => {
    const before = await last();
    await place.file(
      "odd.jsonl",
      fileOf([
        network(1),
        {
          command: "RegisterCompute",
          data: { hostname: "a b", resource_type: "switch", interfaces: [] },
        },
        { command: "Nonsense", data: {} },
        { command: "SetPolicy", data: { name: "p" }, colour: "red" },
        { command: "SetPolicy" },
        { command: "SetPolicy", data: { name: "x" } },
        [1],
        { ...network(2), source: "guessed" },
        { ...network(2), message_id: "17" },
        { ...network(2), actor: "" },
        network(3),
      ]) + "{\n",
    );
    const { code, out, err } = await place.run(["submit", "odd.jsonl", "--json"]);
    expect([code, err]).toEqual([3, ""]);
    const answers = parsed(out);
    expect(answers.map(({ line, outcome, code, field }) => [line, code ?? outcome, field])).toEqual(
      [
        [1, "accepted", undefined],
        [2, "invalid", "hostname"],
        [3, "unknown_command", "command"],
        [4, "invalid", "colour"],
        [5, "invalid", "data"],
        [6, "invalid", "severity"],
        [7, "invalid", ""],
        [8, "invalid", "source"],
        [9, "invalid", "message_id"],
        [10, "invalid", "actor"],
        [11, "accepted", undefined],
        [12, "invalid_json", ""],
      ],
    );
    for (const { outcome, message, events } of answers) {
      if (outcome === "refused") {
        expect([events, message]).toEqual([[], expect.stringMatching(/\w/)]);
      }
    }
    expect(await last()).toBe(before + 2);
    const people = await place.run(["submit", "odd.jsonl"]);
    expect(people.out).toContain('line 2: hostname: "a b" is not a host name');
    expect([people.code, people.out.match(/Refused +10 commands/)]).toEqual([3, expect.anything()]);
  });

  test("is read as it is: a byte order mark, either end of line, empty lines, bytes that are no text", async () => {
    const text = (value: string) => new TextEncoder().encode(value);
    const one = (at: number) => JSON.stringify(network(at));
    const parts = [
      text(`\ufeff${one(10)}\r\n`),
      text(`\n\r\n  \t\n`),
      text(`${one(11)}\r\n`),
      new Uint8Array([123, 34, 255, 254, 34, 125, 10]),
      text(`{"command":"${"x".repeat(9_000_000)}"}\n`),
      text(`  ${one(12)}  \n`),
      text(`\0\n`),
      text(one(13)), // without an end
    ];
    await place.file("bytes.jsonl", new Uint8Array(await new Blob(parts).arrayBuffer()));
    const { code, out } = await place.run(["submit", "bytes.jsonl", "--json"]);
    expect(code).toBe(3);
    const answers = parsed(out);
    expect(answers.map(({ line, outcome, code }) => [line, code ?? outcome])).toEqual([
      [1, "accepted"],
      [5, "accepted"],
      [6, "invalid_json"],
      [7, "too_large"],
      [8, "accepted"],
      [9, "invalid_json"],
      [10, "accepted"],
    ]);
    expect(answers[2].message).toContain("UTF-8");
  });

  test("of 20,000 commands is done in one go, answered in its order, and sent again does nothing", async () => {
    const before = await last();
    const lines = Array.from({ length: 20_000 }, (_, at) => policy(at, "0001"));
    await place.file("many.jsonl", fileOf(lines));
    const { code, out } = await place.run(["submit", "many.jsonl", "--json"]);
    const answers = parsed(out);
    expect(code).toBe(0);
    expect(answers.map(({ line, message_id }) => [line, message_id]))
      .toEqual(lines.map(({ message_id }, at) => [at + 1, message_id]));
    expect(answers.map(({ events }) => events[0].sequence))
      .toEqual(lines.map((_, at) => before + at + 1));
    const again = await place.run(["submit", "many.jsonl"]);
    expect(again.out).toMatch(
      /^Accepted +0 commands\nUnchanged +20,000 commands, 20,000 of them handled before\nRefused +0 commands/,
    );
    expect(await last()).toBe(before + 20_000);
  });

  test("can be broken off with Ctrl-C: what was answered is in the log, and the file goes on from there", async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => policy(at, "0002"));
    await place.file("broken.jsonl", fileOf(lines));
    const before = await last();
    const cim = place.start(["submit", "broken.jsonl", "--json"]);
    await until(() => cim.out.length > 0);
    cim.kill("SIGINT");
    const { code, out, err } = await cim.end();
    expect([code, err]).toEqual([
      130,
      expect.stringMatching(/^(Sub.*\n)*cim: interrupted: what was/),
    ]);
    const answers = parsed(out);
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.length).toBeLessThan(20_000);
    const events = new Map(
      (await log("--from", String(before + 1))).map((
        event,
      ) => [event.causation_id, event.event_id]),
    );
    for (const { message_id, events: [event] } of answers) {
      expect(events.get(message_id)).toBe(event.event_id);
    }
    expect((await place.run(["submit", "broken.jsonl"])).code).toBe(0);
    const causes = (await log("--from", String(before + 1))).map((event) => event.causation_id);
    expect(causes).toEqual(lines.map(({ message_id }) => message_id));
  });
});

describe("Commands on stdin", () => {
  test("are answered as they come, while their producer still runs", async () => {
    const cim = place.start(["submit", "-", "--json"], { stdin: "piped" });
    const writer = cim.child.stdin.getWriter();
    const say = (text: string) => writer.write(new TextEncoder().encode(text));
    await say(fileOf([network(20)]));
    await cim.line(({ line }) => line === 1);
    const [begin, end] = [fileOf([network(21)]).slice(0, 30), fileOf([network(21)]).slice(30)];
    await say(begin);
    await delay(100);
    expect(cim.lines.length).toBe(1);
    await say(end);
    await cim.line(({ line }) => line === 2);
    await say(fileOf([network(21), network(22)]).trimEnd());
    await writer.close();
    const { code } = await cim.end();
    expect(code).toBe(0);
    expect(cim.lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [1, "accepted"],
      [2, "accepted"],
      [3, "unchanged"],
      [4, "accepted"],
    ]);
  });

  test("may be none, and end with Ctrl-C while nothing comes", async () => {
    expect(await place.run(["submit", "-"], { stdin: "" })).toEqual({
      code: 0,
      out: "Accepted   0 commands\nUnchanged  0 commands\nRefused    0 commands\n",
      err: "",
    });
    const cim = place.start(["submit", "-", "--json"], { stdin: "piped" });
    const writer = cim.child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(fileOf([network(30)])));
    await cim.line(({ line }) => line === 1);
    cim.kill("SIGINT");
    expect(await cim.end()).toMatchObject({
      code: 130,
      err: expect.stringContaining("interrupted"),
    });
    await writer.close().catch(() => {});
  });
});

test.each([
  [1, ["submit", "nowhere.jsonl"], /^cim: Cannot read .*nowhere\.jsonl/],
  [1, ["submit", "src"], /^cim: Cannot read .*src: it is a folder/],
  [2, ["submit"], /missing required argument 'file'/],
  [2, ["submit", "-", "--colour"], /unknown option '--colour'/],
])("Exit code %i answers %j", async (code, args, err) => {
  expect(await place.run(args)).toEqual({ code, out: "", err: expect.stringMatching(err) });
});
