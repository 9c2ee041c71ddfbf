/** The command line as a new user meets it: a fresh copy of the project, and the commands of the README. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENVELOPE } from "../domain/envelope.ts";
import { serverRequirements } from "./requirements.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
let fresh: string;

beforeAll(async () => {
  fresh = await Deno.makeTempDir({ prefix: "cim fresh é'" });
  for (const path of ["src", "deno.json", "deno.lock"]) {
    await new Deno.Command("cp", { args: ["-r", join(project, path), fresh] }).output();
  }
  await Deno.mkdir(join(fresh, "notebooks"));
  await Deno.writeTextFile(join(fresh, "notebooks", "requirements.txt"), serverRequirements());
});
afterAll(async () => {
  expect(serversOf(fresh)).toEqual([]);
  await Deno.remove(fresh, { recursive: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

function start(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "cim", ...args],
    cwd: fresh,
    stdout: "piped",
    stderr: "piped",
    // As from a terminal: the task that these tests run in has left its own folder there.
    env: { NO_COLOR: "1", INIT_CWD: fresh },
  }).spawn();
}

async function finish(child: Deno.ChildProcess): Promise<Ran> {
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

const cim = (...args: string[]) => finish(start(...args));
const lines = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

/** The nats-server processes that work on a folder of this place. */
function serversOf(folder: string): string[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).filter(
    ({ name }) => {
      try {
        const command = Deno.readTextFileSync(`/proc/${name}/cmdline`);
        return command.includes("nats-server") && command.includes(folder);
      } catch {
        return false;
      }
    },
  ).map(({ name }) => name);
}

describe("deno task cim", () => {
  test("discovers this machine on a fresh copy, and says what it learned", async () => {
    const { code, out, err } = await cim("discover");
    expect(err).toContain("Python environment");
    expect(code).toBe(0);
    expect(out).toMatch(/ is a (physical server|virtual machine|container)/);
    expect(out).toMatch(/Interfaces .*lo/s);
    expect(out).not.toMatch(/ $/m);
    expect(out).toMatch(/Written\s+[\d,]+ events, sequences 1 to/);
  });

  test("run again, writes only what has changed, and what it measured", async () => {
    const before = lines((await cim("log", "--json")).out);
    const again = await cim("discover", "--json");
    const [discovery] = lines(again.out);
    expect(again.code).toBe(0);
    const { RegisterCompute, DefineNetwork, RecordMeasurements } = discovery.outcomes;
    expect(RegisterCompute).toEqual({ accepted: 0, unchanged: 1, refused: 0 });
    expect(DefineNetwork.accepted).toBe(0);
    expect(RecordMeasurements.accepted).toBe(2); // the host's, and its programs'
    // Programs come and go while tests run; the packages and the server's own entry do not change.
    const written = lines((await cim("log", "--json", "--from", String(before.length + 1))).out);
    const accepted = Object.values<{ accepted: number }>(discovery.outcomes)
      .reduce((sum, one) => sum + one.accepted, 0);
    expect(written.length).toBe(accepted);
    for (const event of written.filter(({ event_type }) => event_type === "SoftwareConfigured")) {
      expect(event.data).toMatchObject({ kind: "process" });
    }
    // The server listens where it did, so that it is not news to every discovery.
    const port = async () => lines((await cim("status", "--json")).out)[0].server.url;
    expect(await port()).toBe(await port());
  });

  test("log --json prints one envelope a line, with the fields of the design", async () => {
    const events = lines((await cim("log", "--json")).out);
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, index) => index + 1));
    expect(Object.keys(events[0])).toEqual([...ENVELOPE, "sequence", "recorded_at"]);
    const [root, ...others] = events.filter((event) =>
      event.correlation_id === events[0].correlation_id
    );
    expect(root.event_type).toBe("ComputeRegistered");
    expect(root.causation_id).toBe(root.correlation_id);
    expect(others.length).toBeGreaterThan(5);
    const types = new Set(events.map((event) => event.event_type));
    for (const type of ["NetworkDefined", "SoftwareConfigured", "MeasurementsRecorded"]) {
      expect(types).toContain(type);
    }
  });

  test("log prints a line for each event, and status what is in the log", async () => {
    const events = lines((await cim("log", "--json")).out);
    const { out } = await cim("log");
    expect(out.trimEnd().split("\n").length).toBe(events.length);
    const [status] = lines((await cim("status", "--json")).out);
    expect(status.log).toMatchObject({
      stream: "INFRASTRUCTURE_EVENTS",
      events: events.length,
      first_sequence: 1,
      last_sequence: events.length,
    });
    expect(status.server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    expect((await cim("status")).out).toContain("on disk before it is acknowledged");
  });

  test("replay says what the tables hold, the same each time, and as of any event", async () => {
    const events = lines((await cim("log", "--json")).out);
    const [now] = lines((await cim("replay", "--json", "--into", "model.duckdb")).out);
    expect(now).toMatchObject({
      events: events.length,
      first_sequence: 1,
      last_sequence: events.length,
      tables: { resources: { rows: 1 }, events: { rows: events.length } },
    });
    expect(Deno.statSync(join(fresh, "model.duckdb")).size).toBeGreaterThan(10_000);
    const [then] = lines((await cim("replay", "--json", "--sequence", "1")).out);
    const [moment] = lines((await cim("replay", "--json", "--as-of", events[0].recorded_at)).out);
    expect(then).toMatchObject({ events: 1, log_hash: moment.log_hash });
    expect((await cim("replay")).out).toContain(now.log_hash);
    const outside = await cim("replay", "--sequence", String(events.length + 1));
    expect([outside.code, outside.err]).toEqual([1, expect.stringContaining("the log has 0 to")]);
  });

  test("sql answers as a table, as CSV and as JSON", async () => {
    const query = "SELECT hostname, cpu_cores FROM resources";
    const [row] = JSON.parse((await cim("sql", query, "--format", "json")).out);
    expect(row.cpu_cores).toBeGreaterThan(0);
    expect((await cim("sql", query, "--format", "csv")).out)
      .toBe(`hostname,cpu_cores\n${row.hostname},${row.cpu_cores}\n`);
    expect((await cim("sql", query)).out).toContain("(1 row)");
    const wrong = await cim("sql", "SELECT 1 FROM nowhere");
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("nowhere does not exist")]);
    expect((await cim("sql", query, "--format", "xml")).code).toBe(2);
  });

  test("stops quietly when nobody reads on", async () => {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `"${Deno.execPath()}" task --quiet cim log --json | head -1; sleep 0.1`],
      cwd: fresh,
      stderr: "piped",
    }).output();
    expect(lines(new TextDecoder().decode(stdout)).length).toBe(1);
  });

  test.each([["--help"], ["discover", "--help"], ["log", "--help"], ["status", "--help"]])(
    "explains itself with %s %s",
    async (...args) => {
      const { code, out } = await cim(...args.filter(Boolean));
      expect(code).toBe(0);
      expect(out).toContain("Usage: cim");
    },
  );

  test.each([[[]], [["dicover"]], [["log", "--from", "yesterday"]], [["status", "--jsn"]]])(
    "answers wrong usage %j with exit code 2, and how it is meant",
    async (args) => {
      const { code, out, err } = await cim(...args);
      expect(code).toBe(2);
      expect(out).toBe("");
      expect(err).toMatch(/--help|Commands:/);
    },
  );

  test("two discoveries at once share one server, and lose and double nothing", async () => {
    const before = lines((await cim("log", "--json")).out).length;
    const both = [start("discover", "--json"), start("discover", "--json")];
    let most = 0;
    const watch = setInterval(() => most = Math.max(most, serversOf(fresh).length), 20);
    const ran = await Promise.all(both.map(finish));
    clearInterval(watch);
    expect(most).toBe(1);
    expect(ran.map(({ code }) => code)).toEqual([0, 0]);
    const events = lines((await cim("log", "--json", "--from", String(before + 1))).out);
    const discoveries = ran.map(({ out }) => lines(out)[0]);
    for (const { correlation_id, outcomes } of discoveries) {
      const accepted = Object.values<{ accepted: number }>(outcomes)
        .reduce((sum, one) => sum + one.accepted, 0);
      const mine = events.filter((event) => event.correlation_id === correlation_id);
      expect(mine.length).toBe(accepted);
      expect(mine.filter(({ event_type }) => event_type === "MeasurementsRecorded").length).toBe(2);
    }
    // Doubled would be a version twice, or the same state said again.
    const all = lines((await cim("log", "--json")).out);
    const latest = new Map<string, { version: number; state: string }>();
    for (const { aggregate_id, aggregate_version, event_type, data } of all) {
      const before = latest.get(aggregate_id);
      expect(aggregate_version).toBe((before?.version ?? 0) + 1);
      if (/Removed|Severed|Revoked|Decommissioned/.test(event_type)) {
        latest.delete(aggregate_id); // a new life begins at version 1
        continue;
      }
      const measured = event_type === "MeasurementsRecorded";
      const state = measured ? before!.state : JSON.stringify(data);
      if (!measured) expect(state).not.toBe(before?.state);
      latest.set(aggregate_id, { version: aggregate_version, state });
    }
    expect(serversOf(fresh)).toEqual([]);
  });

  test.each([["SIGINT", 130], ["SIGTERM", 143]] as const)(
    "%s in the middle ends it with exit code %i, leaves no process, and the next run goes on",
    async (signal, code) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-A", "src/cli/main.ts", "discover"],
        cwd: fresh,
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      while (serversOf(fresh).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill(signal);
      child.kill(signal); // as `deno task` does, which passes on what the terminal has sent already
      const ran = await finish(child);
      expect(ran.code).toBe(code);
      expect(ran.err).toContain("interrupted");
      expect(serversOf(fresh)).toEqual([]);
      expect((await cim("status")).code).toBe(0);
    },
  );

  test("kill -9 of the server in the middle fails in a line, and the next run goes on from what was acknowledged", async () => {
    const before = lines((await cim("log", "--json")).out);
    const child = start("discover");
    while (serversOf(fresh).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const pid of serversOf(fresh)) Deno.kill(Number(pid), "SIGKILL");
    const { code, err } = await finish(child);
    expect(code).toBe(1);
    expect(err.trimEnd().split("\n").at(-1)).toMatch(/^cim: the log's server .* went away/);
    const again = await cim("discover", "--json");
    expect(again.code).toBe(0);
    const after = lines((await cim("log", "--json")).out);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(lines(again.out)[0].last_sequence).toBe(after.length);
  });

  test("kill -9 of a discovery leaves a server that the next command adopts and stops", async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "src/cli/main.ts", "discover"],
      cwd: fresh,
      stdout: "null",
      stderr: "null",
    }).spawn();
    while (serversOf(fresh).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [pid] = serversOf(fresh);
    child.kill("SIGKILL");
    await child.status;
    expect(serversOf(fresh)).toEqual([pid]);
    expect(lines((await cim("status", "--json")).out)[0].server.pid).toBe(Number(pid));
    expect(serversOf(fresh)).toEqual([]);
  });
});
