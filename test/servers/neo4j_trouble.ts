/** Trouble with the server: it is killed, is away, does not let us in, or has others at work. */
import { setTimeout as delay } from "node:timers/promises";
import neo4j from "neo4j-driver";
import { expect, test } from "vitest";
import { Neo4jProjection } from "../../src/projections/neo4j/projection.ts";
import { neo4jSettings, Neo4jSettingsError } from "../../src/projections/neo4j/settings.ts";
import * as cypher from "../../src/projections/neo4j/statements.ts";
import { ProjectionUnavailable } from "../../src/projections/projection.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { dumpGraph } from "../projections/neo4j_dump.ts";
import { sameLog } from "../projections/sql_log.ts";
import { intercept } from "./neo4j_intercept.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** What is in a graph, and where it stands. */
async function found(server: TestNeo4j, graph: string) {
  const projection = server.projection(graph);
  await projection.initialize((await sameLog()).log);
  const all = {
    graph: await dumpGraph(projection),
    checkpoint: await projection.checkpoint(),
    parked: await projection.parked(),
  };
  await projection.close();
  return all;
}

/** What the server is put through. */
export function trouble(server: () => TestNeo4j): void {
  test(
    "killed in the middle of a step, and at its end, it has all of it or nothing, and goes on when it is back",
    async () => {
      const { log, end } = await sameLog();
      await runToEnd(log, server().projection("clean"));
      const projection = server().projection("killed");
      const killed: string[] = [];
      let statements = 0;
      intercept(projection, {
        async before() {
          if (++statements !== 40) return; // some steps are done by then, and one is not
          killed.push("in the middle");
          await server().kill9();
        },
        after(statement) {
          if (statement !== cypher.ADVANCE || killed.length !== 1) return;
          killed.push("at the end");
          // Before, while or after it commits.
          void delay(2).then(() => server().kill9());
        },
      });
      const projector = Projector.start(log, projection, { stepEvents: 40 });
      for (const times of [1, 2]) {
        while (killed.length < times) await delay(20);
        while ((await projector.state()).healthy) await delay(100);
        expect((await projector.state()).because).toMatch(/connect|ECONNREFUSED/i);
        await delay(times * 500); // it is gone for a while
        await server().restart();
      }
      await projector.waitFor(end);
      expect((await projector.state()).parked).toBe(0);
      await projector.stop();
      expect(killed).toEqual(["in the middle", "at the end"]);
      const [clean, after] = [await found(server(), "clean"), await found(server(), "killed")];
      expect(after).toEqual(clean);
      expect(clean.checkpoint.events).toBeGreaterThan(100);
    },
    300_000,
  );

  test("two projectors at once apply each event once, and neither is in the other's way for good", async () => {
    const { log, end } = await sameLog();
    await runToEnd(log, server().projection("alone"));
    const both = [7, 11].map((stepEvents) =>
      Projector.start(log, server().projection("two"), { stepEvents })
    );
    const outcomes = await Promise.allSettled(both.map((projector) => projector.waitFor(end)));
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    for (const [at, projector] of both.entries()) {
      // One that loses again and again says so, and ends.
      const stopped = projector.stop().then(() => "in order", (error) => error.code);
      expect(await stopped).toBe(
        outcomes[at]!.status === "fulfilled" ? "in order" : "projection_moved",
      );
    }
    expect(await found(server(), "two")).toEqual(await found(server(), "alone"));
  });

  test("a deadlock with another client is tried again", async () => {
    const { log, end } = await sameLog();
    const graph = "deadlock";
    await runToEnd(log, server().projection(graph), { through: 20 });
    const { uri, username, password } = server().login;
    const driver = neo4j.driver(uri, neo4j.auth.basic(username, password));
    const session = driver.session();
    const projection = server().projection(graph);
    let [tries, isOver] = [0, false];
    let theirs = Promise.resolve("they did not wait");
    intercept(projection, {
      async before(statement) {
        if (statement === cypher.LOCK) tries++;
        if (statement === cypher.LOCK || tries > 1 || isOver) return;
        isOver = true;
        // They hold what we want next, and want what we hold: one of the two has to give up.
        const transaction = session.beginTransaction();
        await transaction.run(
          "MATCH (n:ComputeResource) WHERE n.graph = $graph SET n.held = true",
          {
            graph,
          },
        );
        theirs = transaction.run(cypher.LOCK, { graph })
          .then(() => "they had their turn", (error) => error.code)
          .finally(() => transaction.close());
        await delay(500);
      },
    });
    expect(await runToEnd(log, projection)).toMatchObject({ position: end, parked: 0 });
    expect(tries).toBeGreaterThan(0);
    const outcome = await theirs;
    await session.close();
    await driver.close();
    expect([outcome, tries]).toEqual(
      tries === 1 ? [expect.stringContaining("Deadlock"), 1] : ["they had their turn", 2],
    );
    expect(await found(server(), graph)).toEqual(await found(server(), "clean"));
  });

  test("a wrong password is said to be one, and is in no message", async () => {
    const { uri, username } = server().login;
    const projection = new Neo4jProjection(
      neo4jSettings({ uri, username, password: "hunter2-wrong" }),
    );
    const error = await projection.initialize({ name: "l", incarnation: "i" })
      .then(() => undefined, (error) => error);
    expect(error).toBeInstanceOf(Neo4jSettingsError);
    expect(error).toMatchObject({ code: "neo4j_settings", variable: "NEO4J_PASSWORD" });
    const health = await projection.healthCheck();
    expect(health.healthy).toBe(false);
    await projection.close();
    const said = Deno.inspect([error, health, projection], { depth: 20 });
    expect(said).not.toContain("hunter2");
  });

  test("a database that is not there is said to be none, and a server that is not is waited for", async () => {
    const log = { name: "l", incarnation: "i" };
    const nowhere = server().projection("nowhere", { database: "nowhere" });
    await expect(nowhere.initialize(log)).rejects.toMatchObject({ variable: "NEO4J_DATABASE" });
    await nowhere.close();
    const away = server().projection("away", { uri: "bolt://127.0.0.1:1" });
    await expect(away.initialize(log)).rejects.toBeInstanceOf(ProjectionUnavailable);
    expect(await away.healthCheck()).toMatchObject({ healthy: false });
    await away.close();
  });

  test("a graph that somebody has removed is begun anew, and one of another log is not gone on with", async () => {
    const { log, end } = await sameLog();
    const projection = server().projection("removed");
    const projector = Projector.start(log, projection);
    await projector.waitFor(end);
    await server().remove("removed");
    await expect(projection.checkpoint()).rejects.toBeInstanceOf(ProjectionUnavailable);
    expect((await projection.checkpoint()).last_sequence).toBe(0);
    await projector.stop();

    const reasons: string[] = [];
    const mine = server().projection("shared");
    await mine.initialize({ name: "mine", incarnation: "1" });
    const other = server().projection("shared", { onAnew: (reason) => reasons.push(reason) });
    await other.initialize({ name: "other", incarnation: "2" });
    expect(reasons).toEqual(["it is of the log mine (1), and this is other (2)"]);
    await expect(mine.checkpoint()).rejects.toThrow("one of the log other (2)");
    expect(await mine.healthCheck()).toMatchObject({ healthy: false });
    await mine.close();
    await other.close();
  });
}
