/** Hostile values in every text of every command: refused by the field's name, or given back as they were said. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Line, parsed, Place } from "./cim.ts";
import { type CommandLine, EVERY_COMMAND, fileOf } from "./command_lines.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

let server: NatsProcess;
let place: Place;
beforeAll(async () => {
  server = await startServer({ lines: `authorization { token: "hostile" }` });
  place = await Place.make({
    NATS_URL: server.url,
    NATS_TOKEN: "hostile",
    NATS_MONITORING_URL: server.monitoring,
  });
});
afterAll(async () => {
  await place?.[Symbol.asyncDispose]();
  await server?.stop();
});

async function submit(lines: string | readonly unknown[]): Promise<Line[]> {
  const stdin = typeof lines === "string" ? lines : fileOf(lines);
  const { code, out, err } = await place.run(["submit", "-", "--json"], { stdin });
  expect([0, 3]).toContain(code);
  expect(err).not.toMatch(/should not have happened|Error/);
  return parsed(out);
}
async function events(from = 1): Promise<Line[]> {
  const { code, out, err } = await place.run(["log", "--json", "--from", String(from)]);
  expect([code, err]).toEqual([0, ""]);
  return parsed(out);
}
async function sql(query: string): Promise<Line[]> {
  const { code, out, err } = await place.run(["sql", query, "--format", "json"]);
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

/** What is written as it stands into the JSON of a line, so that it can be what no JavaScript value is. */
const HOSTILE: Record<string, string> = {
  quotes: String.raw`"'\"` + "`" + String.raw`\\\""`,
  "the end of a script": `"</script><script>alert(1)</script><!--"`,
  "a shell's words": `"$(touch /tmp/owned); \`id\` | cat && rm -rf ~ #"`,
  "SQL's words": `"'; DROP TABLE events; --"`,
  "lines and tabs": String.raw`"a\nb\r\n\tc"`,
  NUL: String.raw`"a\u0000b"`,
  "control characters": String.raw`"\u001b[31m\u0007\u0008\u009b2J"`,
  "marks that turn the writing": String.raw`"\u202etxt.exe\u2066\u2069\u200f"`,
  "line separators": String.raw`"a\u2028b\u2029c"`,
  "what is not there": String.raw`"\ufeff\u200b\u00ad\ufffe\uffff"`,
  emoji: `"👩‍👩‍👧‍👦🏳️‍🌈é"`,
  "half a pair": String.raw`"a\ud800b"`,
  "the other half": String.raw`"\udc00"`,
  "a prototype": `"__proto__"`,
  "a constructor": `"constructor"`,
  "a template": `"\${process.env.HOME} {{7*7}} %s %n <%= 1 %>"`,
  "a path": `"../../../../etc/passwd"`,
  nothing: `""`,
  blanks: `"   "`,
  "1,024 characters": `"${"x".repeat(1_024)}"`,
  "1,024 emoji": `"${"😀".repeat(1_024)}"`,
  "a megabyte": `"${"x".repeat(1_000_000)}"`,
  null: "null",
  "a number": "1e308",
  "minus zero": "-0",
  "a list": `[[[[]]]]`,
  "an object": `{"__proto__":{"x":1},"toString":null}`,
  "what is deep": `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
};

/** Where the texts of a value are. */
function* textsOf(value: unknown, path: string[] = []): Generator<string[]> {
  if (typeof value === "string") yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) yield* textsOf(one, [...path, key]);
}

/** The JSON of a line whose text at this path is replaced by other JSON. */
function withText(line: CommandLine, path: readonly string[], json: string): string {
  const copy = structuredClone(line);
  let holder = copy.data as Line;
  for (const key of path.slice(0, -1)) holder = holder[key];
  holder[path.at(-1)!] = "\u0001here\u0001";
  return JSON.stringify(copy).replace(JSON.stringify("\u0001here\u0001"), () => json);
}

/** The text at this path, if there is one. */
function at(value: Line, path: readonly string[]): unknown {
  return path.reduce((inner, key) => inner?.[key], value);
}

/** These have one canonical form, or tell of another thing by its id. */
const CANONICAL = new Set(
  ["hostname", "mac_address", "destination", "gateway", "cidr", "parent", "address", "compute"],
);

describe("A hostile value in any text of any command", () => {
  test("is refused with its field, or recorded and replayed as it is", async () => {
    const base = EVERY_COMMAND.slice(0, 2);
    const cases = Object.entries(HOSTILE).flatMap(([name, json]) =>
      EVERY_COMMAND.flatMap((line) => {
        const paths = [...textsOf(line.data)];
        // A megabyte in each would be a hundred of them.
        return (json.length > 500_000 ? paths.slice(-1) : paths).map((path) => ({
          name,
          command: line.command,
          path,
          given: JSON.parse(json),
          text: withText(line, path, json),
        }));
      })
    );
    expect(cases.length).toBeGreaterThan(2_000);
    // Before each its resource is there again, whatever the one before has done to it.
    const answers = await submit(cases.map(({ text }) => `${fileOf(base)}${text}\n`).join(""));
    expect(answers.length).toBe(3 * cases.length);
    const recorded = await events();
    const byId = new Map(recorded.map((event) => [event.event_id, event]));
    let accepted = 0;
    for (const [turn, { name, command, path, given }] of cases.entries()) {
      const answer = answers[3 * turn + 2];
      const where = `${command} ${path.join("/")}, ${name}: ${
        JSON.stringify(answer).slice(0, 500)
      }`;
      if (answer.outcome === "refused") {
        expect([answer.events, answer.message], where).toEqual([[], expect.stringMatching(/./)]);
        expect(answer.message.length, where).toBeLessThan(2_000);
      }
      const key = path.findLast((one) => !/^\d+$/.test(one))!;
      for (const { event_id } of answer.events) {
        const { data } = byId.get(event_id)!;
        if (CANONICAL.has(key) || key === "addresses") continue;
        const kept = at(
          data,
          key === "reason" && "status_reason" in data ? ["status_reason"] : path,
        );
        // Null leaves a field out, but in a merge patch: then it is as it was, or as it is by default.
        if (given === null && command !== "UpdateCompute") expect(kept, where).not.toBeNull();
        else expect(kept ?? null, where).toEqual(given);
        accepted++;
      }
    }
    expect(accepted).toBeGreaterThan(500);
    const rows = await sql(
      "SELECT sequence, actor, data::VARCHAR AS data FROM events ORDER BY sequence",
    );
    expect(rows.map(({ data }) => JSON.parse(data))).toEqual(recorded.map(({ data }) => data));
  });
});

const register = (hostname: string, more: object = {}) => ({
  command: "RegisterCompute",
  data: { hostname, resource_type: "switch", interfaces: [], ...more },
});

describe("Hostile JSON", () => {
  test("with names that objects have a meaning for is a record of these names, in the log and in a table", async () => {
    const names =
      `{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":"","a/b~c":"d","0":"e"}`;
    const line = JSON.stringify(register("names")).replace(/}}$/, `,"tags":${names}}}`);
    const remove =
      `{"command":"UpdateCompute","data":{"compute":"names","tags":{"__proto__":null}}}`;
    const answers = await submit(`${line}\n${line}\n${remove}\n`);
    expect(answers.map(({ outcome }) => outcome)).toEqual(["accepted", "unchanged", "accepted"]);
    const sequence = answers[0].events[0].sequence;
    const [first, second] = await events(sequence);
    const entries = Object.entries(JSON.parse(names)).sort();
    expect(Object.entries(first.data.tags).sort()).toEqual(entries);
    expect(Object.entries(second.data.tags).sort())
      .toEqual(entries.filter(([name]) => name !== "__proto__"));
    const query = "SELECT tags FROM resources WHERE hostname = 'names'";
    const { out } = await place.run([
      "sql",
      query,
      "--format",
      "json",
      "--sequence",
      String(sequence),
    ]);
    expect(Object.entries(JSON.parse(out)[0].tags).sort()).toEqual(entries);
  });

  test("with a name twice says what the last one says, and numbers are exact or refused", async () => {
    const measure = (value: string) =>
      `{"command":"RecordMeasurements","data":{"compute":"numbers","observed_at":"2026-11-24T12:00:00Z",` +
      `"points":[{"name":"a.b","unit":"1","value":${value}}]}}\n`;
    const memory = (bytes: string) =>
      JSON.stringify(register("numbers", { memory_bytes: 1 })).replace(":1}", `:${bytes}}`) + "\n";
    const values = [
      "5e-324",
      "1.7976931348623157e308",
      "0.1",
      "-1e-7",
      "123456789.123456789",
      "-0",
    ];
    const answers = await submit(
      memory(`2,"memory_bytes":3`) + ["9007199254740993", "1e400", "-1", "1.5", "-0", "1e3"]
        .map(memory).join("") +
        values.map(measure).join("") + measure("1e999") + measure("NaN"),
    );
    expect(answers.map(({ code, outcome }) => code ?? outcome)).toEqual([
      ...["accepted", "invalid", "invalid", "invalid", "invalid", "accepted", "accepted"],
      ...Array(6).fill("accepted"),
      ...["invalid", "invalid_json"],
    ]);
    const recorded = await events(answers[0].events[0].sequence);
    expect(recorded.map(({ data }) => data.memory_bytes ?? data.points[0].value))
      .toEqual([3, 0, 1000, ...values.slice(0, -1).map(Number), 0]);
    const rows = await sql(
      "SELECT value FROM measurements JOIN resources USING (compute_id) " +
        "WHERE hostname = 'numbers' ORDER BY sequence",
    );
    expect(rows.map(({ value }) => value)).toEqual([...values.slice(0, -1).map(Number), 0]);
  });

  // JSON.parse makes Infinity of 1e999, and JSON.stringify null of that, which takes the owner away.
  test("with a number that is too large for a number removes nothing", async () => {
    const answers = await submit(
      [
        register("large", { owner: "ada" }),
        `{"command":"UpdateCompute","data":{"compute":"large","owner":1e999}}`,
      ].map((line) => typeof line === "string" ? line : JSON.stringify(line)).join("\n"),
    );
    expect(answers[1]).toMatchObject({ outcome: "refused", code: "invalid", field: "owner" });
  });

  // The finding's message has the name in it, and is then too long for an event.
  test("with names as long as may be is recorded with what is odd about it", async () => {
    const answers = await submit([
      register("odd", { interfaces: [{ name: "eth0", addresses: [] }] }),
      {
        command: "EstablishConnection",
        source: "observed",
        data: {
          from: { compute: "odd", interface: "x".repeat(1_024) },
          to: { address: "10.0.0.1" },
          kind: "virtual",
        },
      },
    ]);
    expect(answers[1]).toMatchObject({
      outcome: "accepted",
      findings: [{ code: "unknown_interface" }],
    });
  });
});
