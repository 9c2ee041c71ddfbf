/** What hinders a comparison is the old model's fault only where it is. */
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { attached } from "../../src/replay/compare.ts";
import { replay } from "../../src/replay/replay.ts";
import { history } from "./history.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-compare-test-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

test("An error that is not about the file is thrown, and any other is why it cannot be read", async () => {
  const path = join(folder, "model.duckdb");
  await (await replay(await history(), { into: path })).close();
  const { connection, instance } = await openDatabase(":memory:");
  const failing = (message: string) =>
    attached(connection, path, () => Promise.reject(new Error(message)));
  for (
    const message of [
      "Out of Memory Error: failed to allocate data of size 1.0 MiB",
      "INTERRUPT Error: Interrupted!",
      `IO Error: Could not write to file "x.tmp": No space left on device`,
    ]
  ) {
    await expect(failing(message)).rejects.toThrow(message);
  }
  for (const message of ["IO Error: Corrupt database file", "Catalog Error: no such table"]) {
    expect(await failing(message)).toEqual({ unreadable: message });
  }
  // It was let go of each time.
  expect(await attached(connection, path, () => Promise.resolve(1))).toBe(1);
  closeDatabase({ connection, instance });
});
