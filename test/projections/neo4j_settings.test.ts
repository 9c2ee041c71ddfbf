import { describe, expect, test } from "vitest";
import { neo4jEnvironment, Neo4jSettingsError } from "../../src/projections/neo4j/settings.ts";

const of = (variables: Record<string, string>) => neo4jEnvironment((name) => variables[name]);
const uri = "bolt://127.0.0.1:7687";

describe("The environment of Neo4j", () => {
  test("without NEO4J_URI, or with an empty one, names no server", () => {
    expect(of({})).toBeUndefined();
    expect(of({ NEO4J_URI: "  ", NEO4J_PASSWORD: "x" })).toBeUndefined();
  });

  test("names a server, a user, who is neo4j unless it says otherwise, and a database", () => {
    const settings = of({ NEO4J_URI: uri, NEO4J_PASSWORD: "hunter2" })!;
    expect(settings.auth()).toEqual({
      scheme: "basic",
      principal: "neo4j",
      credentials: "hunter2",
    });
    expect(settings.database).toBeUndefined();
    const other = of({
      NEO4J_URI: "neo4j+s://graph.example:7687",
      NEO4J_USERNAME: "ada",
      NEO4J_PASSWORD: " spaces are its own ",
      NEO4J_DATABASE: "cim",
    })!;
    expect(other).toMatchObject({ uri: "neo4j+s://graph.example:7687", database: "cim" });
    expect(other.auth()).toMatchObject({
      principal: "ada",
      credentials: " spaces are its own ",
    });
  });

  test("shows no password where settings are printed", () => {
    expect(Deno.inspect(of({ NEO4J_URI: uri, NEO4J_PASSWORD: "hunter2" }))).not.toContain(
      "hunter2",
    );
  });

  test.each([
    ["http://127.0.0.1:7474", "NEO4J_URI"],
    ["bolt://neo4j:hunter2@127.0.0.1:7687", "NEO4J_URI"],
    ["127.0.0.1:7687", "NEO4J_URI"],
    [uri, "NEO4J_PASSWORD"],
  ])("%s is refused because of %s, which is named and not repeated", (value, variable) => {
    let error: unknown;
    try {
      of({ NEO4J_URI: value });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Neo4jSettingsError);
    expect(error).toMatchObject({ code: "neo4j_settings", variable });
    expect(String(error)).not.toContain("hunter2");
  });
});
