/** `deno task neo4j`, as processes. */
import { basename, join } from "node:path";
import { expect, test, vi } from "vitest";
import { Neo4jProjection } from "../../src/projections/neo4j/projection.ts";
import { neo4jEnvironment } from "../../src/projections/neo4j/settings.ts";
import { type Cim, Place } from "./cim.ts";
import { program } from "./neo4j_server.ts";

/** The variables that it tells to set. */
function told(text: string): Record<string, string> {
  const [, line] = /^export (.*)$/m.exec(text)!;
  return Object.fromEntries(line!.split(" ").map((one) => one.split(/=(.*)/s).slice(0, 2)));
}

/** Waits until it has said how to log in. */
async function ready(task: Cim): Promise<void> {
  await vi.waitFor(() => expect(task.out).toContain("The password is kept"), 240_000);
}

/** What it does for whoever has no Neo4j. */
export function task(): void {
  test("deno task neo4j starts one, which is found by the next, outlives its starter, and is ended by Ctrl-C", async () => {
    await using place = await Place.make();
    const folder = join(place.folder, "data", "local", "neo4j");
    await Deno.mkdir(folder, { recursive: true });
    const { libraries } = program!;
    await Deno.symlink(libraries, join(folder, basename(libraries)));
    const start = () => place.start([], { script: "neo4j" });

    const first = start();
    await ready(first);
    const variables = told(first.out);
    const { mode } = await Deno.stat(join(folder, "login.json"));
    expect(mode! & 0o777).toBe(0o600);
    expect(variables.NEO4J_URI).toMatch(/^bolt:\/\/127\.0\.0\.1:\d+$/);
    const second = await start().end();
    expect([second.code, told(second.out)]).toEqual([0, variables]);
    expect(second.out).toMatch(/^Neo4j runs already$/m);
    const projected = await place.run(["project", "neo4j", "--json"]);
    expect(projected.code, projected.err).toBe(0);
    expect(JSON.parse(projected.out)).toMatchObject({ uri: variables.NEO4J_URI, position: 0 });

    first.kill("SIGKILL");
    await first.end();
    const third = start();
    await ready(third);
    expect(told(third.out)).toEqual(variables);
    third.kill("SIGINT");
    expect((await third.end()).code).toBe(130);
    const projection = new Neo4jProjection(neo4jEnvironment((name) => variables[name])!);
    expect((await projection.healthCheck()).healthy).toBe(false);
    await projection.close();
  });
}
