/** `cim compliance` and `cim alerts` in processes: exit codes, and live to a webhook. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE } from "../replay/history.ts";
import { parsed, Place } from "./cim.ts";
import { until } from "./embedded_user.ts";

const FLEET = fileURLToPath(new URL("../../data/samples/fleet", import.meta.url));
const RULES = fileURLToPath(new URL("../policy/fleet_rules.json", import.meta.url));
let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(() => place[Symbol.asyncDispose]());

describe("From an archive, without a server", () => {
  const fleet = (...args: string[]) => place.run([args[0]!, "--archive", FLEET, ...args.slice(1)]);

  test("cim compliance is a gate: 3 where something fails, 0 where nothing does", async () => {
    const failing = await fleet("compliance", "--as-of", "2026-10-07T00:00Z");
    expect(failing.code).toBe(3);
    expect(failing.out).toMatch(/servers-are-redundant +critical +shop-app-01-copy +fail/);
    expect(failing.out).toMatch(/129 passes, 1 fail, 0 errors, 53 not applicable\n$/);
    const fine = await fleet("compliance", "servers-are-redundant", "--all", "--json");
    expect(fine.code).toBe(0);
    const rows = parsed(fine.out);
    expect(new Set(rows.map(({ policy }) => policy))).toEqual(new Set(["servers-are-redundant"]));
    expect(rows.every(({ evidence }) => evidence.length >= 2)).toBe(true);
  });

  test("cim compliance says on stderr where nothing went through the gate", async () => {
    const early = await fleet("compliance", "--sequence", "0");
    expect([early.code, early.out]).toEqual([0, "Nothing was judged\n"]);
    expect(early.err).toMatch(/cim: Nothing was judged: at that moment there is no policy/);
    const none = await place.file("none_at_all.json", "[]");
    const { code, err } = await fleet("compliance", "--policy", none);
    expect(code).toBe(0);
    expect(err).toMatch(/cim: Nothing was judged: there is no policy in the file/);
    expect((await fleet("alerts", "--policy", none)).err).toContain("cim: Nothing was looked for");
  });

  test("a policy that is not there, and a file that is none, in one line", async () => {
    const ran = await fleet("compliance", HOSTILE.replace("\0", "")); // no argument has one
    expect([ran.code, ran.out]).toEqual([1, ""]);
    expect(ran.err.trimEnd().split("\n").at(-1)).toMatch(
      /^cim: There is no policy [^]*servers-are/,
    );
    const escape = (await fleet("compliance", "\x9b31m\u202e")).err;
    expect(escape).toContain("\\u{9b}31m\\u{202e}");
    const bad = await place.file(
      "bad.json",
      JSON.stringify({
        name: "x",
        severity: "info",
        selector: "true",
        rule: "resource.cpu > 1",
        for: "5m",
      }),
    );
    const refused = await fleet("alerts", "--policy", bad);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/cim: policy "x", rule, line 1, column 9: resource has no cpu/);
    expect((await fleet("alerts", "--policy", "none.json")).err).toMatch(/Cannot read none\.json/);
  });

  test("cim alerts tells what fires as of a moment, and what a rule would have raised", async () => {
    const then = await fleet("alerts", "--as-of", "2026-10-09T20:00Z");
    expect(then.code).toBe(3);
    expect(then.out).toMatch(/memory-is-not-full .*firing[^]*1 firing, 0 pending\n$/);
    const truth = ["--policy", RULES, "--truth", join(FLEET, "ground_truth.json"), "--json"];
    const judged = await fleet("alerts", ...truth, "--from", "2026-10-09T00:00Z");
    expect(judged.code).toBe(0);
    expect(parsed(judged.out)).toContainEqual(
      expect.objectContaining({
        policy: "disk-fails",
        kind: "failing_disk",
        precision: 1,
        recall: 1,
      }),
    );
  });

  test("cim alerts with a truth names each kind that no policy found, and counts what was found", async () => {
    const truth = ["--truth", join(FLEET, "ground_truth.json")];
    const { code, out } = await fleet("alerts", "--from", "2026-10-01T00:00Z", ...truth);
    expect(code).toBe(0);
    expect(out).toMatch(/\n +silent_host +1 +0 +0\s*\n/);
    expect(out).toMatch(/\n2 of 6 incidents found\n$/);
  });
});

test("Options that say nothing together, and an address that is none, are wrong usage", async () => {
  for (
    const wrong of [
      ["--webhook", "http://127.0.0.1:9093"],
      ["--every", "5"],
      ["--watch", "--webhook", "nowhere"],
      ["--watch", "--generator-url", "http://cim.example/"],
      ["--from", "2026-11-02T00:00Z", "--to", "2026-11-01T00:00Z"],
    ]
  ) {
    const { code, out, err } = await place.run(["alerts", ...wrong]);
    expect([code, out], wrong.join(" ")).toEqual([2, ""]);
    expect(err).toMatch(/^error: .*(--watch only|--webhook only|no address|is after)/);
  }
});

test("Live: what fires is told also where the webhook accepts and never answers", async () => {
  await using own = await Place.make();
  using silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`;
  const register = (hostname: string) =>
    JSON.stringify({
      command: "RegisterCompute",
      data: { hostname, resource_type: "virtual_machine", interfaces: [] },
    });
  const never = { name: "never", severity: "info", selector: "true", rule: "false", for: "1s" };
  const policy = JSON.stringify({ command: "SetPolicy", data: never });
  await own.run(["submit", "-"], { stdin: `${register("first")}\n${policy}` });
  const cim = own.start(["alerts", "--watch", "--every", "1", "--webhook", url, "--json"]);
  await cim.line(({ hostname }) => hostname === "first");
  const began = performance.now();
  await own.run(["submit", "-"], { stdin: register("second") });
  await cim.line(({ hostname }) => hostname === "second");
  expect(performance.now() - began).toBeLessThan(30_000); // four attempts of 10 s each would be over that
  cim.kill("SIGINT");
  expect((await cim.end()).code).toBe(130);
});

test("Live: what fires is sent again and again, and what is over once it was taken", async () => {
  const posts: { labels: Record<string, string>; endsAt?: string }[][] = [];
  let status = 503;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const body = await request.json();
    if (status === 200) posts.push(body);
    return new Response("", { status });
  });
  const submit = async (...commands: [string, object][]) => {
    const lines = commands.map(([command, data]) => JSON.stringify({ command, data })).join("\n");
    const { err, out } = await place.run(["submit", "-"], { stdin: lines });
    expect(out, err).toMatch(/Refused +0 commands/);
  };
  const memory = (value: number): [string, object] => ["RecordMeasurements", {
    compute: "web",
    observed_at: new Date().toISOString(),
    points: [{
      name: "system.memory.utilization",
      unit: "1",
      attributes: { "system.memory.state": "used" },
      value,
    }],
  }];
  await submit(
    ["RegisterCompute", { hostname: "web", resource_type: "virtual_machine", interfaces: [] }],
    ["SetPolicy", {
      name: HOSTILE,
      severity: "critical",
      selector: "has(measurements.memory)",
      rule: "measurements.memory < 0.9",
      for: "1s",
    }],
    memory(0.99),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cim = place.start(["alerts", "--watch", "--every", "1", "--webhook", url, "--json"]);
  await cim.line(({ state, hostname }) => state === "firing" && hostname === "web");
  await until(() => cim.err.includes("were not taken"));
  expect(cim.err).toContain("cim: Watching 1 policy with `for` and 1 resource, every 1 s");
  status = 200;
  await until(() => posts.length >= 2);
  expect(posts[0]).toMatchObject([{ labels: { alertname: HOSTILE, instance: "web" } }]);
  expect(posts[0]![0]!.endsAt).toBeUndefined();
  await submit(memory(0.1));
  await until(() => posts.some(([alert]) => alert?.endsAt !== undefined));
  await cim.line(({ state }) => state === "resolved");
  cim.kill("SIGINT");
  expect((await cim.end()).code).toBe(130);
  await server.shutdown();
});
