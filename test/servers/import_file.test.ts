/** `cim import file` as people and programs use it: processes, and a real log. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsed, Place } from "./cim.ts";
import { until } from "./embedded_user.ts";

let place: Place;
beforeAll(async () => {
  place = await Place.make();
  await place.file(
    "hosts.yaml",
    `commands:
  - command: RegisterCompute
    data: { hostname: host, resource_type: kind }
`,
  );
  await place.file(
    "load.yaml",
    `commands:
  - command: RecordMeasurements
    data: { compute: host, observed_at: time, points: [{ name: "'system.cpu.utilization'", unit: "1", value: cpu }] }
`,
  );
}, 60_000);
afterAll(() => place?.[Symbol.asyncDispose]());

const load = (...rest: string[]) =>
  place.run(["import", "file", "load.csv", "--mapping", "load.yaml", ...rest]);
const measured = async () => {
  const query =
    "SELECT count(*)::INTEGER AS all, count(DISTINCT (compute_id, observed_at))::INTEGER AS single FROM measurements";
  return parsed((await place.run(["sql", query, "--format", "jsonl"])).out)[0];
};

test("Good rows are kept, the others told by their lines, and the exit code says it", async () => {
  await place.file(
    "hosts.csv",
    'host,kind,note\na,switch,"two\nlines"\nb c,switch,\nc,toaster,\nd\nb,router,\n',
  );
  const args = ["import", "file", "hosts.csv", "--mapping", "hosts.yaml"];
  const dry = await place.run([...args, "--dry-run"]);
  expect(dry).toMatchObject({ code: 3 });
  expect(parsed(dry.out).map(({ data }) => data.hostname)).toEqual(["a", "b c", "b"]);
  expect(dry.err).toContain("hosts.csv:5: refused: RegisterCompute: resource_type must be");
  expect(dry.err).toContain("4 rows would be 3 RegisterCompute; 2 refused; nothing was written");
  expect((await place.run(["log", "--json"])).out).toBe("");

  const ran = await place.run(args);
  expect(ran, ran.err).toMatchObject({ code: 3 });
  expect(ran.out).toMatch(/^Read +1 file, 4 rows\nAccepted +2 commands, sequences 1 to 2\n/);
  expect(ran.out).toMatch(/ hosts\.csv:4: hostname: "b c" is not a host name/);
  expect(ran.out.match(/(?<=hosts\.csv:)\d/g)).toEqual(["4", "5", "6"]);
  const again = parsed((await place.run([...args, "--json"])).out);
  expect(again.map(({ line, outcome, code }) => [line, outcome, code ?? ""])).toEqual([
    [6, "refused", ""],
    [2, "unchanged", ""],
    [4, "refused", "invalid"],
    [5, "refused", "invalid"],
    [7, "unchanged", ""],
  ]);
}, 120_000);

test("What cannot be read, or is not mapped, is told in one line", async () => {
  await place.file("few.csv", "host,kind\na,switch\n");
  const say = async (...args: string[]) => {
    const { code, err } = await place.run(["import", "file", ...args]);
    expect(err).not.toContain("report it");
    return `${code} ${err.trim().split("\n").at(-1)}`; // behind how far it was
  };
  expect(await say("none.csv", "--mapping", "hosts.yaml", "--dry-run")).toMatch(
    /^1 cim: Cannot read none\.csv: /,
  );
  expect(await say("few.csv")).toMatch(
    /^1 cim: What the columns of few\.csv mean has to be said/,
  );
  expect(await say("few.csv", "--mapping", "none.yaml")).toMatch(
    /^1 cim: Cannot read none\.yaml/,
  );
  expect(await say("few.csv", "--mapping", "load.yaml", "--dry-run")).toMatch(
    /^1 cim: load\.yaml at commands\/0\/data\/observed_at: .*time/,
  );
}, 120_000);

test(
  "Measurements are recorded once: after a kill, once more, and when their hosts were not known",
  async () => {
    await place.file("known.csv", "host,kind\na,switch\n");
    await place.run(["import", "file", "known.csv", "--mapping", "hosts.yaml"]);
    const row = (host: string, at: number, cpu: number) =>
      `${host},${new Date(1_790_000_000_000 + at * 1000).toISOString()},${cpu}`;
    const count = 12_000;
    const rows = Array.from(
      { length: count },
      (_, at) => row(at % 100 === 0 ? "later" : "a", at, 0.5),
    );
    await place.file("load.csv", `host,time,cpu\n${rows.join("\n")}\n`);
    const first = place.start(["import", "file", "load.csv", "--mapping", "load.yaml", "--json"]);
    await until(() => first.lines.length > 2_000);
    first.kill("SIGKILL");
    await first.end();
    const second = await load();
    expect(second, second.err).toMatchObject({ code: 3 });
    expect(second.out).toMatch(
      / load\.csv:2: compute: no registered resource has the id or host name "later"/,
    );
    expect(await measured()).toEqual({ all: count * 0.99, single: count * 0.99 });

    const third = await load();
    expect(third.out).toMatch(/Accepted +0 commands/);
    expect(third.err).toMatch(/measurements of load\.csv that were recorded by .* are passed over/);

    await place.file("later.csv", "host,kind\nlater,router\n");
    await place.run(["import", "file", "later.csv", "--mapping", "hosts.yaml"]);
    const fourth = await load();
    expect(fourth, fourth.err).toMatchObject({ code: 0 });
    expect(fourth.out).toMatch(/Accepted +120 commands/);
    expect(await measured()).toEqual({ all: count, single: count });
  },
  400_000,
);

test(
  "What is wrong with a measurement is told again, and a file that is not there before any is imported",
  async () => {
    await place.file("one.csv", "host,kind\nknown,switch\n");
    await place.run(["import", "file", "one.csv", "--mapping", "hosts.yaml"]);
    await place.file(
      "few-load.csv",
      `host,time,cpu\nknown,2026-11-01,0.5\n${
        "x".repeat(2_000)
      },2026-11-01,0.5\nknown,2026-11-02,0.5\n`,
    );
    const args = ["import", "file", "few-load.csv", "--mapping", "load.yaml"];
    const absent = await place.run([...args.slice(0, 3), "none.csv", ...args.slice(3)]);
    expect(absent.err).toContain("Cannot read none.csv");
    const first = await place.run(args);
    const second = await place.run(args);
    expect(first.out).toMatch(/Accepted +2 commands/);
    expect(second.out).toMatch(/Accepted +0 commands/);
    expect(second.out).toMatch(/Recorded +2 commands/);
    for (const { code, out } of [first, second]) {
      expect(code).toBe(3);
      expect(out).toMatch(/Refused +1\n +few-load\.csv:3: /);
    }
  },
  120_000,
);

test(
  "A file that breaks does not hide what came of those before it, and one can come on stdin",
  async () => {
    await place.file("before.csv", "host,kind\nbefore,switch\n");
    await place.file("broken.json", '[{"host":"broken","kind":"switch"},{"host":');
    const args = ["--mapping", "hosts.yaml"];
    const broken = await place.run(["import", "file", "before.csv", "broken.json", ...args]);
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/cim: broken\.json/);
    expect(broken.out).toMatch(/^Read +1 file, 1 row\nAccepted +1 command, /);
    const alone = await place.run(["import", "file", "broken.json", ...args]);
    expect(alone).toMatchObject({ code: 1, out: "" });

    const stdin = "host,kind\npiped,switch\nbe fore,switch\n";
    const unsaid = await place.run(["import", "file", "-", ...args], { stdin });
    expect(unsaid).toMatchObject({ code: 1, out: "" });
    expect(unsaid.err).toMatch(/say --format/);
    const piped = await place.run(["import", "file", "-", "--format", "csv", ...args], { stdin });
    expect(piped, piped.err).toMatchObject({ code: 3 });
    expect(piped.out).toMatch(
      /Accepted +1 command, .*\n.*\nRefused +1\n +-:3: hostname: "be fore"/,
    );
  },
  120_000,
);

test(
  "The same file twice at once is recorded once, and one that is killed leaves no folder for long",
  async () => {
    await place.file("twice-hosts.csv", "host,kind\ntwice,switch\n");
    await place.run(["import", "file", "twice-hosts.csv", "--mapping", "hosts.yaml"]);
    const rows = Array.from(
      { length: 20_000 },
      (_, at) => `twice,${new Date(1_700_000_000_000 + at * 1_000).toISOString()},0.5`,
    );
    await place.file("twice.csv", `host,time,cpu\n${rows.join("\n")}\n`);
    const before = (await measured()).single;
    const TMPDIR = join(place.folder, "tmp");
    await Deno.mkdir(TMPDIR);
    const args = ["import", "file", "twice.csv", "--mapping", "load.yaml", "--json"];
    const killed = place.start(args, { env: { TMPDIR } });
    await until(() => killed.lines.length > 1_000);
    killed.kill("SIGKILL");
    await killed.end();
    const [left] = Array.from(Deno.readDirSync(TMPDIR), ({ name }) => name);
    expect(left).toMatch(/^cim-import-/);
    const hourAgo = new Date(Date.now() - 3_600_000);
    await Deno.utime(join(TMPDIR, left!), hourAgo, hourAgo);

    const both = [1, 2].map(() => place.start(args, { env: { TMPDIR } }));
    const ran = await Promise.all(both.map((one) => one.end()));
    expect(ran.map(({ code }) => code)).toEqual([0, 0]);
    expect(ran.map(({ err }) => err).join()).toContain("somebody else is importing this");
    const recorded = await measured();
    expect(recorded.single - before).toBe(rows.length);
    expect(recorded.all).toBe(recorded.single);
    expect([...Deno.readDirSync(TMPDIR)]).toEqual([]);
  },
  400_000,
);
