/** What is published of the spaces of a fleet is what its views say, in tables that need none of them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { SpacesProjection } from "../../src/projections/spaces/projection.ts";
import { POSITION_TABLES } from "../../src/projections/spaces/tables.ts";
import { closeDatabase, type Database, openDatabase } from "../../src/projections/sql/database.ts";
import { Model } from "../../src/replay/model.ts";
import { replayArchive } from "../../src/replay/replay_archive.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-spaces-tables-" });
let projection: SpacesProjection;
/** As any client has it, who knows nothing of us. */
let client: Database;

/** The positions of the sample, made on so many threads. */
async function published(threads: number): Promise<[SpacesProjection, string]> {
  const archive = await Archive.open(
    fileURLToPath(new URL("../../data/samples/fleet", import.meta.url)),
  );
  const made = new SpacesProjection({ settings: { threads: String(threads) } });
  await made.initialize(archive.log!);
  await replayArchive(made, archive, { last: 12_000, onProgress() {} });
  const path = join(folder, `${threads}.duckdb`);
  await made.copyTo(path);
  return [made, path];
}
const number = async (database: Database, query: string) =>
  Number((await rows(database, query))[0]?.[0]);
const rows = async ({ connection }: Database, query: string): Promise<unknown[][]> =>
  (await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM (${query})`)).getRowsJS();

beforeAll(async () => {
  const [made, path] = await published(1);
  projection = made;
  client = await openDatabase(path, { access_mode: "READ_ONLY" });
});
afterAll(async () => {
  closeDatabase(client);
  await projection.close();
  await Deno.remove(folder, { recursive: true });
});

describe("The tables of the spaces", () => {
  const VIEWS = POSITION_TABLES.filter((name) => !/^position_(events|drift)$/.test(name));

  test.each(VIEWS)("%s are those of the view", async (name) => {
    const found = await rows(client, `FROM ${name} ORDER BY ALL`);
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(await rows(projection.database, `FROM ${name} ORDER BY ALL`));
  });

  test("position_drift is that of the log's last day", async () => {
    const found = await rows(
      client,
      "SELECT * EXCLUDE (sequence) FROM position_drift ORDER BY ALL",
    );
    const asked = `FROM position_drift(
      (SELECT max(recorded_at) - INTERVAL 1 DAY FROM events), (SELECT max(recorded_at) FROM events)
    ) ORDER BY ALL`;
    expect(found).toEqual(await rows(projection.database, asked));
    expect(await number(client, "SELECT count(*) FROM position_drift WHERE before <> after"))
      .toBeGreaterThan(100);
  });

  test("position_events are the evidence of each resource that there is", async () => {
    const computes = await rows(client, "SELECT compute_id FROM compute_positions");
    for (const [compute] of computes) {
      const { connection } = projection.database;
      const evidence = await connection.runAndReadAll(
        "SELECT sequence, event_id, event_type FROM position_evidence($1)",
        [String(compute)],
      );
      const found = await client.connection.runAndReadAll(
        "SELECT sequence, event_id, event_type FROM position_events WHERE compute_id = $1::UUID",
        [String(compute)],
      );
      expect(found.getRowsJS()).toEqual(evidence.getRowsJS());
      expect(found.currentRowCount).toBeGreaterThan(0);
    }
    expect(await number(client, "SELECT count(DISTINCT compute_id) FROM position_events"))
      .toBe(computes.length);
  });

  test("are nothing but tables, in whatever client", async () => {
    const views = `SELECT (SELECT count(*) FROM duckdb_views() WHERE NOT internal)
      + (SELECT count(*) FROM duckdb_functions() WHERE NOT internal)`;
    expect(await number(client, views)).toBe(0);
    const found = await rows(client, "SELECT table_name FROM duckdb_tables() ORDER BY ALL");
    expect(found.flat()).toEqual([...POSITION_TABLES, "checkpoint", "parked"].sort());
  });

  test("say what of which log they are made of, as the projection does", async () => {
    await using model = await Model.open(join(folder, "1.duckdb"));
    expect(model.checkpoint).toEqual(await projection.checkpoint());
    expect(model.checkpoint).toMatchObject({ last_sequence: 12_000, events: 12_000 });
    const { rows: count } = await model.summary("compute_positions");
    expect(count).toBeGreaterThan(50);
    // They are all that a space needs of a model.
    expect((await model.space("compute")).things).toHaveLength(count);
  });

  test("are the same, row after row, whatever the number of threads", async () => {
    const [other, path] = await published(4);
    await other.close();
    const four = await openDatabase(path, { access_mode: "READ_ONLY" });
    for (const name of [...POSITION_TABLES, "fold.checkpoint"]) {
      expect(await rows(four, `FROM ${name}`)).toEqual(await rows(client, `FROM ${name}`));
    }
    closeDatabase(four);
  });
});
