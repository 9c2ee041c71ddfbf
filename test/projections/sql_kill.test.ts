import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { dumpTables } from "./sql_dump.ts";
import { sameLog } from "./sql_log.ts";

/** Projects the whole log, and says what is in the tables then. */
async function finished(path: string) {
  const aside: string[] = [];
  const { log } = await sameLog();
  const projection = () => new SqlProjection({ path, onAside: (reason) => aside.push(reason) });
  const state = await runToEnd(log, projection());
  const again = projection();
  await again.initialize(log);
  const tables = await dumpTables(again.database.connection);
  const checkpoint = await again.checkpoint();
  await again.close();
  return { tables, checkpoint, state, aside };
}

test("killed in the middle of its work again and again, the SQL projection goes on where its checkpoint is", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cim-sql-kill-" });
  const clean = await finished(`${folder}/clean.duckdb`);
  const path = `${folder}/killed.duckdb`;
  for (const milliseconds of [0, 30, 90, 250, 700]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        "-A",
        fileURLToPath(new URL("sql_child.ts", import.meta.url)),
        path,
      ],
      stdout: "piped",
    }).spawn();
    await child.stdout.getReader().read();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill("SIGKILL");
    await child.status;
  }
  const killed = await finished(path);
  expect(killed.aside).toEqual([]);
  expect(killed.checkpoint).toEqual(clean.checkpoint);
  expect(killed.tables).toEqual(clean.tables);
  expect(clean.checkpoint.events).toBeGreaterThan(100);
  expect(killed.state.position).toBe(clean.checkpoint.last_sequence);
  await Deno.remove(folder, { recursive: true });
});
