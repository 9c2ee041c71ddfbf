/** `cim space`, as a process: with an archive alone, and with a log that is learned from and written to. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EMPTY } from "../../src/perception/error.ts";
import { type Line, parsed, Place } from "./cim.ts";

const FLEET = fileURLToPath(new URL("../../data/samples/fleet", import.meta.url));
const HOSTILE =
  "\u001b[2J\nswitch-99: switch\u202e'; DROP TABLE resources; -- <img src=x onerror=alert(1)>";

/** What moves the cursor of a terminal, or turns the direction of its writing. */
const UNSAFE = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(async () => await place?.[Symbol.asyncDispose]());

const fleet = (...args: string[]) => place.run(["space", ...args, "--archive", FLEET]);

/** The names in a value, however deep, that are not as the wire has them. */
function namesOf(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesOf)].filter((name) => /[A-Z]/.test(name));
}

describe("cim space, of an archive", () => {
  test.each([
    [["show"], 8],
    [["show", "compute"], 58],
    [["show", "compute", "switch-01"], 1],
    [["show", "compute", "switch-01", "--since", "2026-10-05T00:00Z"], 1],
    [["classify", "compute"], 58],
    [["classify", "compute", "switch-01", "--context", "risk"], 1],
    [["similar", "compute", "switch-01", "-k", "3"], 3],
    [["similar", "compute", "switch-01", "--cell"], 1],
    [["learn", "compute", "--method", "centroid"], 9],
    [["evaluate", "compute"], 4],
  ])("%j --json is a JSON value a line, with the wire's names", async (args, lines) => {
    const { code, out, err } = await place.run([
      "space",
      ...args,
      "--json",
      ...(args.length > 1 ? ["--archive", FLEET] : []),
    ]);
    expect(code, err).toBe(0);
    const values = parsed(out);
    expect(values).toHaveLength(lines);
    expect(values.flatMap(namesOf)).toEqual([]);
    expect(out).not.toMatch(/NaN|Infinity/);
  });

  test("tells what a thing is, and why", async () => {
    const { out } = await fleet("classify", "compute", "switch-01");
    expect(out).toMatch(/^switch-01: switch\n\nmembership +0\.\d+ +how typical/);
    expect(out).toMatch(/\ncapacity\.memory +8\.59 GB +8 GB +32 GB +0\.\d+\n/);
  });

  test("tells what is like a thing, but with less memory", async () => {
    const but = ["--but", "capacity.memory=less", "-k", "5", "--json"];
    const found = parsed((await fleet("similar", "capacity", "server-04", ...but)).out);
    const [own] = parsed((await fleet("show", "capacity", "server-04", "--json")).out);
    expect(found).toHaveLength(5);
    for (const { thing } of found) {
      expect(thing.values["capacity.memory"]).toBeLessThan(own.values["capacity.memory"]);
    }
  });

  test("tells what is in the same cell, and in those that adjoin it", async () => {
    const { out } = await fleet("similar", "compute", "switch-01", "--cell");
    expect(out).toMatch(/\nswitch-02 +switch +switch +the same\n/);
    expect(out).toMatch(/\nrouter-01 +router +router +adjoining\n/);
    expect(out).toMatch(/\nswitch-01 lies in the cell of switch, which adjoins router\n$/);
  });

  test("shows beside where a resource is where it was, in the same units", async () => {
    const at = "2026-10-05T00:00:00Z";
    const [one] = parsed(
      (await fleet("show", "compute", "shop-app-01", "--since", at, "--json")).out,
    );
    const [then] = parsed(
      (await fleet("show", "compute", "shop-app-01", "--as-of", at, "--json")).out,
    );
    const known = one.places.filter(({ before }: Line) => before !== null);
    expect(known.length).toBeGreaterThan(5);
    for (const { dimension, before } of known) {
      if (dimension.startsWith("capacity.c")) expect(before).toBe(then.values[dimension]);
    }
    const moved = (dimension: string) =>
      one.places.find((place: Line) => place.dimension === dimension);
    expect(moved("reliability.uptime").before).not.toBe(moved("reliability.uptime").value);
    const { out } = await fleet("show", "compute", "shop-app-01", "--since", at);
    expect(out).toMatch(/\ndimension +value +then +place +from\nperformance\.cpu +0\.\d+ +0\.\d+ /);
  });

  test("shows what nothing is known of if it is asked to, and counts it in any case", async () => {
    const [some, all] = [await fleet("show", "software"), await fleet("show", "software", "--all")];
    const last = /\n\n(\d+) things, of (\d+) nothing is known\n/;
    const [, things, silent] = last.exec(some.out)!.map(Number);
    expect(all.out).toMatch(last);
    const rows = (out: string) => out.split("\n\n")[0]!.split("\n").length - 1;
    expect(rows(all.out)).toBe(things);
    expect(rows(some.out)).toBe(things! - silent!);
    expect(silent).toBeGreaterThan(0);
  });

  test("before anything was there it says where the log begins", async () => {
    const { code, out, err } = await fleet("classify", "compute", "--as-of", "2001-01-01T00:00Z");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/Cannot replay as of 2001-01-01T00:00:00.000000Z: the log begins at 2026/);
  });

  test("before a space had anything in it it says so", async () => {
    for (const command of ["show", "classify"]) {
      const { code, out } = await fleet(command, "network", "--sequence", "1");
      expect([code, out]).toEqual([0, `${EMPTY}\n`]);
    }
  });

  test("beside a thing that is alone it says that there is nothing else", async () => {
    const { code, out } = await fleet("similar", "compute", "switch-01", "--sequence", "15");
    expect([code, out]).toEqual([0, "There is nothing else than switch-01 in this space\n"]);
  });

  test("tells two things of one name apart by their kinds", async () => {
    const { out } = await fleet("classify", "software", "--all");
    for (const kind of ["package", "service"]) {
      expect(out).toMatch(new RegExp(`^nginx on shop-web-01 \\(${kind}\\) `, "m"));
    }
  });

  test.each([
    [["classify", "foo"], 1, /There is no space "foo": there are compute, performance/],
    [["classify", "network", "--context", "risk"], 1, /network has no context "risk": it has none/],
    [["similar", "compute", "web"], 1, /There is no "web": there are [a-z-]*web-/],
    [["similar", "compute", "switch-01", "-k", "0"], 1, /0 is no number of neighbours: say 1/],
    [["similar", "compute", "switch-01", "--but", "capacity.cpu= "], 2, /less, more or a number/],
    [["similar", "compute", "switch-01", "--cell", "-k", "3"], 2, /cannot be used with/],
    [["learn", "compute", "--prototypes", "0"], 2, /Say 1 to 1000/],
    [["learn", "compute", "--context", "risk"], 2, /unknown option '--context'/],
    [["show", "compute", "--since", "2026-10-05T00:00Z"], 2, /--since is of one thing: say which/],
    [["learn", "network", "--sequence", "1"], 1, /Nothing in the space network is/],
  ])("%j is refused in one line", async (args, code, why) => {
    const ran = await fleet(...args);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(ran.err).toMatch(why);
    expect(ran.err).not.toContain("    at ");
  });
});

describe("cim space learn --submit", () => {
  const submit = async (...lines: Line[]) => {
    const stdin = lines.map((line) => JSON.stringify(line)).join("\n");
    const { code, err } = await place.run(["submit", "-"], { stdin });
    expect(code, err).toBe(0);
  };
  const machine = (hostname: string, cpu_cores: number, memory_bytes: number) => ({
    command: "RegisterCompute",
    data: { hostname, resource_type: "virtual_machine", interfaces: [], cpu_cores, memory_bytes },
  });
  const sizes = [["s", 1, 2], ["s", 2, 4], ["s", 4, 4], ["l", 32, 128], ["l", 64, 256], [
    "l",
    96,
    256,
  ]] as const;
  const classify = async (...more: string[]) => {
    const { code, out, err } = await place.run([
      "space",
      "classify",
      "capacity",
      "--json",
      ...more,
    ]);
    expect(code, err).toBe(0);
    return out;
  };

  beforeAll(async () => {
    await submit(
      ...sizes.map(([size, cpu, memory], at) => machine(`${size}${at}`, cpu, memory * 1e9)),
      ...sizes.map(([size], at) => ({
        command: "LabelResource",
        data: {
          compute: `${size}${at}`,
          space: "capacity",
          concept: size === "s" ? HOSTILE : "large",
        },
      })),
    );
  }, 300_000);

  test("writes nothing by itself", async () => {
    const { code, out } = await place.run(["space", "learn", "capacity"]);
    expect(code).toBe(0);
    expect(out).toContain("2 concepts, learned from 6 of 6 things; seed 1");
    expect(out).toContain("Nothing was written");
    // Of what somebody has called a concept nothing reaches the terminal that could move its cursor.
    expect(out).not.toMatch(UNSAFE);
    expect((await classify()).includes("large")).toBe(true);
    expect(parsed(await classify()).map(({ all }) => all.length)).toEqual(sizes.map(() => 3));
  }, 300_000);

  test("defines concepts, and what was classified before can be replayed as it was", async () => {
    const before = await classify();
    const { code, out, err } = await place.run(["space", "learn", "capacity", "--submit"]);
    expect(code, err).toBe(0);
    expect(out).toContain("Defined 2 concepts, 0 unchanged, 0 refused");
    const after = await classify();
    expect(parsed(after).map(({ concept }) => concept))
      .toEqual(sizes.map(([size]) => size === "s" ? HOSTILE : "large").toReversed());
    expect(await classify("--sequence", "12")).toBe(before);
    expect(await classify("--sequence", "14")).toBe(after);
    expect(after).not.toBe(before);
    const known = await place.run(["space", "classify", "capacity"]);
    expect(known.out).toContain("Concepts of the log, the newest by event 14: ");
    expect(known.out).not.toMatch(UNSAFE);
  }, 300_000);
});
