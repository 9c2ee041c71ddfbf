/** `cim project neo4j` and `cim status`, as processes. */
import { expect, test } from "vitest";
import { STORY } from "../replay/history.ts";
import { type Line, parsed, Place } from "./cim.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** What the command line does with a graph. */
export function cli(neo4j: () => TestNeo4j): void {
  test(
    "cim project neo4j keeps the graph that the environment names in step, and cim status tells of it",
    async () => {
      const { uri, username, password } = neo4j().login;
      const env = { NEO4J_URI: uri, NEO4J_USERNAME: username, NEO4J_PASSWORD: password };
      await using place = await Place.make();
      const submit = async (lines: unknown[]) => {
        const stdin = lines.map((line) => JSON.stringify(line)).join("\n");
        expect((await place.run(["submit", "-"], { stdin })).code).toBe(0);
      };
      await submit(STORY.map(([command, data]) => ({ command, data, source: "observed" })));

      const none = await place.run(["project", "neo4j"]);
      expect([none.code, none.out]).toEqual([1, ""]);
      expect(none.err).toMatch(/^cim: NEO4J_URI is not set.*deno task neo4j$/m);

      const first = await place.run(["project", "neo4j"], { env });
      expect(first.code, first.err).toBe(0);
      expect(first.out).toMatch(/^Graph +bolt:/m);
      expect(first.out).toMatch(/^Position +sequence 7, 0 events behind the log$/m);
      expect(first.out).toMatch(/1 ComputeResource$/m);

      const watch = place.start(["project", "neo4j", "--watch", "--json"], { env });
      await watch.line((line: Line) => line.position === 7 && line.healthy);
      await submit([{ command: "DefineNetwork", data: { name: "far", cidr: "10.9.0.0/16" } }]);
      await watch.line((line: Line) => line.position === 8);
      const status = await place.run(["status", "--json"]);
      expect(JSON.parse(status.out).projections).toMatchObject([
        { projection: "neo4j", position: 8, parked: 0, healthy: true, alive: true },
      ]);
      watch.kill("SIGINT");
      expect((await watch.end()).code).toBe(130);

      const anew = await place.run(["project", "neo4j", "--rebuild", "--unpark", "--json"], {
        env,
      });
      expect(anew.code, anew.err).toBe(0);
      const told = parsed(anew.out).at(-1);
      expect(told).toMatchObject({ position: 8, uri, unparked: { applied: 0, left: 0 } });
      expect(told.counts).toEqual(told.replaced);
      expect(told.counts).toMatchObject({ ComputeResource: 1, Network: 2, Software: 1 });

      const wrong = { ...env, NEO4J_PASSWORD: "hunter2" };
      const refused = await place.run(["project", "neo4j"], { env: wrong });
      expect(refused.code).toBe(1);
      expect(refused.err).toMatch(/^cim: NEO4J_PASSWORD is not the one of NEO4J_USERNAME/m);
      expect(refused.out + refused.err + anew.out + anew.err).not.toMatch(
        new RegExp(`hunter2|${password}`),
      );
    },
    300_000,
  );
}
