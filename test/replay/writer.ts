/** Another process that has a database open for writing, as any client of DuckDB does that does not say READ_ONLY. */
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** Opens it there, until this is disposed of. */
export async function writerOf(path: string): Promise<AsyncDisposable> {
  const script = `
    import { DuckDBInstance } from "@duckdb/node-api";
    const connection = await (await DuckDBInstance.create(${JSON.stringify(path)})).connect();
    await connection.run("CREATE OR REPLACE TABLE mine AS SELECT 1");
    console.log("open");
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
    cwd: project,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}
