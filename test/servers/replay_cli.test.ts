/** `cim replay` and `cim sql`, as processes: with a log, and with an archive alone. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TABLES } from "../../src/projections/sql/tables.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { HOSTILE, STORY } from "../replay/history.ts";
import { Place, type Ran } from "./cim.ts";

let place: Place;
/** Where there never was a server. */
let bare: Place;
const ARCHIVE = `it's the "archive" of year=2026`;
const MODEL = `it's a [model]*.duckdb`;

beforeAll(async () => {
  [place, bare] = await Promise.all([Place.make(), Place.make()]);
  const lines = STORY.map(([command, data]) =>
    JSON.stringify({ command, data, source: "observed" })
  );
  const { code, err } = await place.run(["submit", "-"], { stdin: lines.join("\n") });
  expect(code, err).toBe(0);
  await new Deno.Command("cp", {
    args: ["-r", join(place.folder, "data", "local", "archive"), join(bare.folder, ARCHIVE)],
  }).output();
});
afterAll(async () => {
  expect(await Deno.stat(join(bare.folder, "data")).catch(() => "never")).toBe("never");
  await place?.[Symbol.asyncDispose]();
  await bare?.[Symbol.asyncDispose]();
});

/** Runs it on the archive, which needs no server. */
const cim = async (command: string, ...args: string[]) =>
  await bare.run([command, "--archive", ARCHIVE, ...args]);
const json = ({ code, out, err }: Ran) => {
  expect(code, err).toBe(0);
  return JSON.parse(out);
};

describe("cim replay", () => {
  test("of a log and of its archive alone says the same, in an object of this shape", async () => {
    const ours = json(await place.run(["replay", "--json"]));
    expect(ours).toEqual({
      events: 7,
      first_sequence: 1,
      last_sequence: 7,
      log_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
      skipped: 0,
      parked: 0,
      seconds: expect.any(Number),
      tables: Object.fromEntries(
        TABLES.map(({ name }) => [name, {
          rows: expect.any(Number),
          hash: expect.stringMatching(/^[0-9a-f]+$/),
        }]),
      ),
    });
    expect(ours.tables.events.rows).toBe(7);
    const alone = json(await cim("replay", "--json"));
    expect({ ...alone, seconds: 0 }).toEqual({ ...ours, seconds: 0 });
    const again = json(await cim("replay", "--json", "--sequence", "7"));
    expect({ ...again, seconds: 0 }).toEqual({ ...ours, seconds: 0 });
  });

  test("goes back to a sequence or a moment, into a file of any name, and says what that replaces", async () => {
    const first = await cim("replay", "--sequence", "3", "--into", MODEL);
    expect(first.code, first.err).toBe(0);
    expect(first.out).toMatch(/^Replayed +3 events, sequences 1 to 3, in [\d.]+ s$/m);
    expect(first.out).toContain(join(bare.folder, MODEL));
    const same = await cim("replay", "--sequence", "3", "--into", MODEL);
    expect(same.out).toContain("a model of the same 3 sequences, and says the same.");
    const database = await openDatabase(join(bare.folder, MODEL));
    await database.connection.run("UPDATE fold.software SET version = '6.6.6'");
    closeDatabase(database);
    const other = await cim("replay", "--sequence", "3", "--into", MODEL);
    expect(other.out).toMatch(/of the same 3 sequences; of its rows$/m);
    expect(other.out).toMatch(/^ +software +1 are new +1 are gone$/m);
    const later = json(await cim("replay", "--into", MODEL, "--json"));
    expect(later.replaced).toMatchObject({ last_sequence: 3 });
    const [moment] = json(
      await cim(
        "sql",
        "SELECT recorded_at AS at FROM events WHERE sequence = 1",
        "--format",
        "json",
      ),
    );
    expect(json(await cim("replay", "--as-of", moment.at, "--json")).events).toBeGreaterThan(0);
    await bare.file("notes.txt", "my notes");
    const refused = await cim("replay", "--into", "notes.txt");
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^cim: Cannot keep a model in .*notes.txt: .*no DuckDB database/m);
    for (const wrong of [["--as-of", "yesterday"], ["--sequence", "x"]]) {
      expect((await cim("replay", ...wrong)).code).toBe(2);
    }
    expect((await cim("replay", "--sequence", "8")).err).toContain("the log has 0 to 7");
    const nowhere = await bare.run(["replay", "--archive", "nowhere"]);
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toMatch(/^cim: Cannot replay the archive in .*nowhere: there is nothing/m);
    const left = [...Deno.readDirSync(bare.folder)].map(({ name }) => name);
    expect(left.filter((name) => /^\.cim|\.wal$/.test(name))).toEqual([]);
  });
});

describe("cim sql", () => {
  const NAMES = "SELECT name, 1.5 AS half, NULL AS nothing FROM networks";

  test("answers in a table, CSV, JSON and Parquet, whatever the values say", async () => {
    expect(json(await cim("sql", NAMES, "--format", "json"))).toEqual([
      { name: HOSTILE, half: 1.5, nothing: null },
    ]);
    const csv = await cim("sql", NAMES, "--format", "csv");
    expect(csv.out).toBe(`name,half,nothing\n"${HOSTILE.replaceAll('"', '""')}",1.5,\n`);
    const table = await cim("sql", NAMES);
    expect(table.code).toBe(0);
    expect(table.out).toContain("DROP TABLE resources");
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", "src/cli/main.ts", "sql", "--archive", ARCHIVE],
        ...[`${NAMES}; `, "--format", "parquet"],
      ],
      cwd: bare.folder,
      env: { INIT_CWD: bare.folder },
      stderr: "inherit",
    }).output();
    expect(code).toBe(0);
    await Deno.writeFile(join(bare.folder, "names.parquet"), stdout);
    const read = "FROM 'names.parquet'";
    expect(json(await cim("sql", read, "--format", "json"))).toEqual([
      { name: HOSTILE, half: 1.5, nothing: null },
    ]);
  });

  test("gives no Parquet to a terminal, and ends where nobody reads on", async () => {
    const command = `deno run --quiet -A src/cli/main.ts sql --archive "$ARCHIVE"`;
    const shell = async (script: string) => {
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", script.replaceAll("deno run", `"${Deno.execPath()}" run`)],
        cwd: bare.folder,
        env: { INIT_CWD: bare.folder, ARCHIVE },
      }).output();
      return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
    };
    const terminal = await shell(
      `python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", sys.argv[1]])))' '${command} "SELECT 1" --format parquet'`,
    );
    expect(terminal.code).toBe(1);
    expect(terminal.out).toContain("Parquet is nothing for a terminal: put > FILE behind it");
    const closed = await shell(
      `${command} "SELECT uuid() FROM range(200000)" --format parquet | head -c 4`,
    );
    expect(closed.out).toBe("PAR1");
    expect(closed.err).not.toContain("cim:");
  });

  test("says which tables there are, and where there is no model", async () => {
    const unknown = await cim("sql", "SELECT * FROM servers");
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain("Table with name servers does not exist");
    expect(unknown.err).toContain("The tables are resources, resources_history, interfaces");
    expect(unknown.err).not.toContain("    at ");
    const parquet = await cim("sql", "FROM servers", "--format", "parquet");
    expect(parquet.err).toContain("The tables are resources");
    for (const args of [["--model"], ["--model", "nowhere.duckdb"]]) {
      const missing = await bare.run(["sql", "SELECT 1", ...args]);
      expect(missing.code).toBe(1);
      expect(missing.err).toMatch(/^cim: there is no model in .*duckdb; make one: deno task cim/m);
    }
    expect((await cim("sql", "SELECT 1", "--model", MODEL)).code).toBe(2);
    expect((await cim("sql", "SELECT 1", "--format", "xml")).code).toBe(2);
    const nothing = await bare.run(["sql", "-", "--archive", ARCHIVE], { stdin: " " });
    expect(nothing.err).toContain("There is no question");
    await bare.file("torn.duckdb", "x".repeat(20_000));
    const torn = await bare.run(["sql", "SELECT 1", "--model", "torn.duckdb"]);
    expect(torn.err).toMatch(
      /^cim: no model can be read from .*torn.duckdb: .*not a valid DuckDB/m,
    );
  });

  test("says with --help, and where there is none of a name, what there is to ask", async () => {
    const { out } = await bare.run(["sql", "--help"]);
    expect(out).toMatch(/^Tables:\n {2}resources +what there is/m);
    expect(out).toMatch(/^Views:\n {2}inventory +/m);
    expect(out).toMatch(/^Macros:\n {2}resources_at\(moment\) +/m);
    const unknown = await cim("sql", "FROM driftt(1, 2)");
    expect(unknown.err).toContain("The views are inventory, ");
    expect(unknown.err).toMatch(/^The macros are resources_at\(moment\), .*drift\(from_moment, /m);
  });

  test.each(
    [["SIGINT", 130], ["SIGTERM", 143]] as const,
  )(
    "that takes for ever ends at once with %s, in whatever it is asked of",
    async (signal, code) => {
      const long = "select sum(i) from range(20000000000) t(i)";
      const from = (...args: string[]) => bare.start(["sql", ...args]);
      const asked = [
        from(long, "--archive", ARCHIVE),
        from(long, "--archive", ARCHIVE, "--format", "parquet"),
        from(long, "--model", MODEL),
      ];
      for (const one of asked) {
        // It is asked by now: what comes before takes a second or two.
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        one.kill(signal);
        const began = performance.now();
        const ended = await one.end();
        expect(ended.code, ended.err).toBe(code);
        expect(ended.err).toContain("cim: interrupted");
        expect(performance.now() - began).toBeLessThan(3_000);
      }
    },
  );

  test("asks a model in a file, and changes nothing in it", async () => {
    const asked = ["sql", "SELECT count(*) AS n FROM events", "--format", "json"];
    expect(json(await bare.run([...asked, "--model", MODEL]))).toEqual([{ n: 7 }]);
    const drop = await bare.run(["sql", "DROP TABLE events", "--model", MODEL]);
    expect(drop.code).toBe(1);
    expect(drop.err).toContain("read-only");
    expect(json(
      await bare.run(["sql", "-", "--model", MODEL, "--format", "json"], {
        stdin: "SELECT name FROM software",
      }),
    )).toEqual([{ name: HOSTILE }]);
  });
});
