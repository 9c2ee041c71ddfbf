/** How the server goes about our statements: by their indexes, however large the graph and whatever else is there. */
import { expect, test } from "vitest";
import * as cypher from "../../src/projections/neo4j/statements.ts";
import type { TestNeo4j } from "./neo4j_server.ts";

/** Every statement; some are lists of them. */
const STATEMENTS = Object.entries(cypher).flatMap(([name, statement]) =>
  [statement].flat().map((one, at) => [`${name} ${at}`, one] as const)
);
const PARAMETERS = {
  ids: ["x"],
  rows: [{ id: "x", compute: "x", from: "x", to: "x", properties: {}, host: "x", scope: "x" }],
  checkpoint: {},
  most: 1n,
  behind: "",
};

interface Plan {
  operatorType: string;
  children: Plan[];
}

function operators({ operatorType, children }: Plan): string[] {
  return [operatorType, ...children.flatMap(operators)];
}

/** What the plans are held against. */
export function plans(neo4j: () => TestNeo4j): void {
  test("no statement goes through all nodes or relationships to find some", async () => {
    const projection = neo4j().projection("plans");
    await projection.initialize({ name: "plans", incarnation: "one" });
    const driver = await projection.connect();
    expect(STATEMENTS.length).toBeGreaterThan(40);
    const scans: Record<string, string[]> = {};
    for (const [name, statement] of STATEMENTS) {
      const parameters = { graph: "plans", ...PARAMETERS };
      const { summary } = await driver.executeQuery(`EXPLAIN ${statement}`, parameters);
      const found = operators(summary.plan as unknown as Plan)
        .filter((one) =>
          /AllNodesScan|LabelScan|RelationshipTypeScan|AllRelationshipsScan/.test(one)
        );
      if (found.length > 0) scans[name] = found;
    }
    expect(scans).toEqual({});
    await projection.close();
  });
}
