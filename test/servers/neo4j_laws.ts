/** The graph keeps the laws of projections, to the last node and relationship. */
import { test } from "vitest";
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import type { Neo4jProjection } from "../../src/projections/neo4j/projection.ts";
import { dumpGraph } from "../projections/neo4j_dump.ts";
import { intercept } from "./neo4j_intercept.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** Each law on some logs: one, or as many as LAW_RUNS says. */
export function laws(neo4j: () => TestNeo4j): void {
  const subject: ProjectionSubject<Neo4jProjection> = {
    open: (place) => Promise.resolve(neo4j().projection(place)),
    dump: dumpGraph,
    dispose: (graph) => neo4j().remove(graph),
    breakOffAt(projection, operation) {
      let left = operation;
      intercept(projection, {
        before() {
          if (--left <= 0) throw new Error("the power went out");
        },
      });
    },
    poison: badAddress,
  };
  const runs = Number(Deno.env.get("LAW_RUNS") ?? 1);
  for (const { name, check } of projectionLaws(subject, { runs })) test(name, check, 3_600_000);
}

/** The schema says of an address that it is a text; the graph has to know in which network it is. */
function badAddress(event: InfrastructureEvent): InfrastructureEvent | undefined {
  if (event.event_type !== "ComputeRegistered" && event.event_type !== "ComputeUpdated") return;
  const interfaces = [{ name: "eth0", addresses: ["not an address"] }];
  return { ...event, data: { ...event.data, interfaces } } as InfrastructureEvent;
}
