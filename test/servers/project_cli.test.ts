/** `cim project`, `cim verify` and what `cim status` says of a model, as processes. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeEvent } from "../../src/domain/event.ts";
import { Archive } from "../../src/log/archive.ts";
import type { EventLog, ReadOptions } from "../../src/log/log.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { openWorkspace } from "../../src/workspace.ts";
import { HOSTILE, STORY } from "../replay/history.ts";
import { type Cim, type Line, Place, type Ran } from "./cim.ts";

let place: Place;
const local = (...path: string[]) => join(place.folder, "data", "local", ...path);
const PUBLISHED = ["models", "sql.duckdb"];
const json = ({ code, out, err }: Ran, expected = 0) => {
  expect(code, err).toBe(expected);
  return JSON.parse(out);
};

beforeAll(async () => {
  place = await Place.make();
  await submit(...STORY.map(([command, data]) => ({ command, data, source: "observed" })));
});
afterAll(() => place?.[Symbol.asyncDispose]());

async function submit(...lines: unknown[]): Promise<void> {
  const stdin = lines.map((line) => JSON.stringify(line)).join("\n");
  const { code, err } = await place.run(["submit", "-"], { stdin });
  expect(code, err).toBe(0);
}
const network = (octet: number) => ({
  command: "DefineNetwork",
  data: { name: `n${octet} ${HOSTILE}`, cidr: `10.1.${octet}.0/24` },
});
/** Asks the published model. */
const asked = async (query: string) =>
  json(await place.run(["sql", query, "--model", "--format", "json"]));
const verified = async (code: number, ...args: string[]) =>
  json(await place.run(["verify", "--json", ...args]), code);

describe("cim project sql", () => {
  test("publishes a model of what the log has, which others ask", async () => {
    const first = await place.run(["project", "sql"]);
    expect(first.code, first.err).toBe(0);
    expect(first.out).toContain(local(...PUBLISHED));
    expect(first.out).toMatch(/^Position +sequence 7, 0 events behind the log$/m);
    expect(await asked("SELECT name FROM software")).toEqual([{ name: HOSTILE }]);
    await submit(network(1));
    expect(json(await place.run(["project", "sql", "--json"]))).toMatchObject({
      projection: "sql",
      position: 8,
      lag_events: 0,
      events: 8,
      parked: 0,
      healthy: true,
      path: local(...PUBLISHED),
    });
    const unknown = await place.run(["project", "graph"]);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("'graph' is invalid for argument 'projection'");
    expect(unknown.err).toContain("sql, spaces, neo4j");
  });

  test.each([
    ["NETBOX_URL", "netbox"],
    ["NETBOX_URL", "netbox", "--plan"],
    ["METRICS_URL", "metrics"],
  ])(
    "where %s is not set, that is all that is said: no log is opened for it",
    async (name, ...args) => {
      const { code, err } = await place.run(["project", ...args], { env: { [name]: "" } });
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`^cim: ${name} is not set: .*\n$`));
    },
  );

  test("--watch follows what is written; Ctrl-C and SIGTERM end it with all of it published", async () => {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const watch = place.start(["project", "sql", "--watch", "--json"]);
      await watch.line((line: Line) => line.position >= 8 && line.lag_events === 0);
      await submit(network(code));
      const { log } = json(await place.run(["status", "--json"]));
      await watch.line((line: Line) => line.position === log.last_sequence);
      // Another one waits for it, and then gives up: two would be in each other's way.
      if (signal === "SIGINT") await refused(watch);
      watch.kill(signal);
      const ended = await watch.end();
      expect(ended.code, ended.err).toBe(code);
      expect(ended.err).toContain("interrupted");
      expect(await asked("SELECT max(sequence) AS last FROM events"))
        .toEqual([{ last: log.last_sequence }]);
    }
  });

  async function refused(watch: Cim): Promise<void> {
    for (const option of ["--rebuild", "--unpark"]) {
      const other = await place.run(["project", "sql", option]);
      expect(other.code).toBe(1);
      expect(other.err).toContain("another projector has");
      expect(other.err).toContain(
        `process ${watch.child.pid} keeps it in step: stop it first, and then run this again`,
      );
      // What it would say of itself is nobody's status.
      const [status] = json(await place.run(["status", "--json"])).projections;
      expect(status).toMatchObject({ alive: true, healthy: true, pid: watch.child.pid });
    }
  }

  test("cim status shows how far it is, also after it was killed", async () => {
    const watch = place.start(["project", "sql", "--watch", "--json"]);
    await watch.line((line: Line) => line.lag_events === 0);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // it is said once a second
    watch.kill("SIGKILL");
    await watch.end();
    await submit(network(3));
    const { out } = await place.run(["status"]);
    expect(out).toMatch(/^Model sql +at sequence 10, 1 event behind; nobody keeps it in step/m);
    const { projections, log } = json(await place.run(["status", "--json"]));
    expect(projections).toEqual([
      expect.objectContaining({ projection: "sql", alive: false, running: false, position: 10 }),
    ]);
    expect(log.last_sequence).toBe(11);
    expect(json(await place.run(["project", "sql", "--json"]))).toMatchObject({ position: 11 });
    // Of one that has ended it is what it said last.
    expect(json(await place.run(["status", "--json"])).projections).toMatchObject([
      { position: 11, lag_events: 0, running: false, alive: false },
    ]);
  });

  test("--rebuild says what differs; a model that is damaged is put aside, and that is said", async () => {
    const database = await openDatabase(local(...PUBLISHED));
    await database.connection.run("DELETE FROM events WHERE sequence = 4");
    closeDatabase(database);
    const rebuilt = await place.run(["project", "sql", "--rebuild"]);
    expect(rebuilt.code, rebuilt.err).toBe(0);
    expect(rebuilt.out).toContain("It takes the place of a model of the same 11 sequences; of its");
    expect(rebuilt.out).toMatch(/^ +events +1 are new +0 are gone$/m);
    await Deno.truncate(local("models", "sql.working.duckdb"), 30_000);
    const mended = await place.run(["project", "sql"]);
    expect(mended.code).toBe(0);
    expect(mended.err).toMatch(/^cim: the model was begun anew: .*enough bytes.*; the old one is/m);
    expect(mended.out).toContain("a model of the same 11 sequences, and says the same.");
    expect(await verified(0)).toMatchObject({ agrees: true });
  });

  test("parks what cannot be applied; --unpark tries it again", async () => {
    const data = { compute: "no id", name: HOSTILE, kind: "package" as const };
    const id = "0199aaaa-0000-7000-8000-000000000001";
    {
      await using workspace = await openWorkspace({ folder: local() });
      const event = encodeEvent(
        {
          ...{ event_id: id, event_type: "SoftwareConfigured", event_version: 1 },
          ...{ aggregate_type: "software", aggregate_id: "0199aaaa-0000-5000-8000-000000000001" },
          ...{ aggregate_version: 1, occurred_at: "2026-11-24T12:00:00.000Z", message_id: id },
          ...{ correlation_id: id, causation_id: id, actor: "test", data },
        } as Parameters<typeof encodeEvent>[0],
      );
      await workspace.log.append([event], 11);
    }
    for (const args of [[], ["--unpark", "--json"]]) {
      const { code, out, err } = await place.run(["project", "sql", ...args]);
      expect(code, err).toBe(0);
      if (args.includes("--json")) {
        expect(JSON.parse(out)).toMatchObject({
          position: 12,
          events: 11,
          parked: 1,
          unparked: { applied: 0, left: 1 },
        });
      } else expect(out).toMatch(/^Parked +1 event: deno task cim sql/m);
    }
    const { out: said } = await place.run(["project", "sql", "--unpark"]);
    expect(said).toMatch(/^Un-parked +0 events applied, 1 still parked$/m);
    expect(await asked("SELECT sequence, reason FROM fold.parked")).toEqual([
      { sequence: 12, reason: expect.stringContaining("Could not convert string 'no id'") },
    ]);
    expect(json(await place.run(["replay", "--json"]))).toMatchObject({ parked: 1, events: 11 });
    expect(await verified(0)).toMatchObject({ agrees: true });
  });
});

describe("cim project spaces", () => {
  test("publishes positions for any DuckDB client; cim status and cim verify know them", async () => {
    const path = local("models", "spaces.duckdb");
    const first = await place.run(["project", "spaces"]);
    expect(first.code, first.err).toBe(0);
    expect(first.out).toContain(path);
    expect(first.out).toMatch(/^Position +sequence 12, 0 events behind the log$/m);
    expect(first.out).toContain(`deno task cim sql "FROM fold.parked" --model "${path}"`);
    const positions = await place.run([
      ...["sql", "SELECT hostname, observed_at IS NOT NULL AS is_measured FROM compute_positions"],
      ...["--model", path, "--format", "json"],
    ]);
    expect(json(positions)).toEqual([{ hostname: expect.any(String), is_measured: true }]);
    const { out } = await place.run(["status"]);
    expect(out).toMatch(
      /^Model spaces +at sequence 12, 0 events behind; .*deno task cim project spaces --watch/m,
    );
    expect(out).toMatch(/^Model sql +at sequence 12/m);
    const { agrees, models } = await verified(0);
    expect(agrees).toBe(true);
    expect(models.map((model: { path: string }) => model.path)).toEqual([
      local(...PUBLISHED),
      path,
    ]);
    const database = await openDatabase(path);
    await database.connection.run("DELETE FROM position_events");
    closeDatabase(database);
    expect((await verified(1)).models[1].disagreement.what).toContain("position_events lacks");
    await Deno.remove(path);
  });
});

describe("cim verify", () => {
  test("says that all agree, and how much was compared", async () => {
    expect(await verified(0)).toEqual({
      agrees: true,
      archive: expect.objectContaining({ events: 12, last_sequence: 12 }),
      log: expect.objectContaining({ compared: 12, not_archived: 0 }),
      models: [{ path: local(...PUBLISHED), last_sequence: 12, rows: expect.any(Number) }],
    });
    const { out } = await place.run(["verify"]);
    expect(out).toMatch(/^Archive +12 events, .*every byte is as it was written$/m);
    expect(out).toMatch(/All agree\.$/m);
  });

  test("names the first event that a model does not agree about, and exits with 1", async () => {
    await Deno.copyFile(local(...PUBLISHED), join(place.folder, `it's a "model".duckdb`));
    const database = await openDatabase(local(...PUBLISHED));
    await database.connection.run("UPDATE fold.software SET version = '6.6.6' WHERE sequence = 3");
    closeDatabase(database);
    const found = await verified(1, `it's a "model".duckdb`, "nowhere.duckdb");
    expect(found.agrees).toBe(false);
    expect(found.models[0].disagreement).toMatchObject({ sequence: 3 });
    expect(found.models[1]).not.toHaveProperty("disagreement");
    expect(found.models[2].disagreement.what).toContain("there is no model in");
    const { code, out } = await place.run(["verify"]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^Model .*sql\.duckdb: event 3: software lacks 1 row and has 1 other row$/m,
    );
    expect(out).toMatch(/They do not agree\.$/m);
    expect((await place.run(["project", "sql"])).code).toBe(0);
    expect(await verified(0)).toMatchObject({ agrees: true });
  });

  test("names what is wrong with an archive, with or without its log", async () => {
    const copy = join(place.folder, "a copy's folder");
    await new Deno.Command("cp", { args: ["-r", local("archive"), copy] }).output();
    expect(await verified(0, "--archive", copy)).toMatchObject({ agrees: true });
    const [file] = [...Deno.readDirSync(copy)].filter(({ name }) => name.endsWith(".tsv.zst"));
    const path = join(copy, file!.name);
    const bytes = await Deno.readFile(path);
    bytes[50]! ^= 4;
    await Deno.writeFile(path, bytes);
    const { archive } = await verified(1, "--archive", copy);
    expect(archive.error).toContain(`${file!.name} was altered`);
    expect((await verified(1, "--archive", "nowhere")).archive.error).toContain("is no archive in");
    await Deno.writeTextFile(join(copy, "manifest.json"), "{");
    expect((await verified(1, "--archive", copy)).archive.error).toContain("is not JSON");
    await Deno.writeFile(local("archive", file!.name), bytes);
    const ours = await place.run(["verify"]);
    expect(ours.code).toBe(1);
    expect(ours.out).toContain(`${file!.name} was altered`);
    await statusWithout(local("archive", "manifest.json"));
    bytes[50]! ^= 4;
    await Deno.writeFile(local("archive", file!.name), bytes);
  });

  /** Whatever the archive is like, cim status shows the rest. */
  async function statusWithout(manifest: string): Promise<void> {
    const kept = await Deno.readTextFile(manifest);
    await Deno.writeTextFile(manifest, "{");
    const shown = await place.run(["status"]);
    expect(shown.code, shown.err).toBe(0);
    expect(shown.out).toMatch(/^Archive +.*is not JSON/m);
    expect(shown.out).toMatch(/^Model sql +at sequence 12/m);
    expect(json(await place.run(["status", "--json"]))).toMatchObject({
      archive: { code: "archive_altered", error: expect.stringContaining("is not JSON") },
      log: { last_sequence: 12 },
    });
    await Deno.writeTextFile(manifest, kept);
  }

  test("names the first event that the stream has otherwise than the archive", async () => {
    await Deno.remove(local("archive"), { recursive: true });
    {
      await using workspace = await openWorkspace({ folder: local() });
      const { log } = workspace;
      const archive = await Archive.open(local("archive"));
      // As an archive would be that somebody has made anew with something else in it: every hash is right.
      await archive.extend({
        ...{ name: log.name, incarnation: log.incarnation },
        lastSequence: () => log.lastSequence(),
        async *read(options?: ReadOptions) {
          for await (const record of log.read(options)) {
            yield record.sequence === 5 ? { ...record, payload: new Uint8Array([1, 2]) } : record;
          }
        },
      } as unknown as EventLog);
    }
    const { code, out } = await place.run(["verify"]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^Log +event 5: its payload is another one in the log than in the archive$/m,
    );
  });
});
