/** Mappings and files that are wrong, or made to do harm: told by a code and a place, and nothing else comes of them. */
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { errorOf, imported } from "./tables.ts";

const ONE = (data: string, more = "") =>
  `commands: [{ command: RegisterCompute, data: { hostname: name, resource_type: unknown, ${data} } ${more} }]`;

test.each([
  ["[1, 2", "m.yaml:1:6: it is no YAML"],
  ["7", "it is 7, and no mapping such as"],
  ["{}", "m.yaml at commands: it is missing"],
  ["commands: []", "m.yaml at commands: it must not have fewer than 1 items"],
  ["commands: [{ command: RegisterCompute }]", "m.yaml at commands/0/data: it is missing"],
  [
    "commands: [{ command: Register, data: {} }]",
    "m.yaml at commands/0/command: it must be equal to one of",
  ],
  [
    "commands: [{ command: DefineNetwork, data: {}, of: x }]",
    "there is no such field: there are command, where",
  ],
  [
    "commands: [{ command: DefineNetwork, data: { name: name } }]",
    "m.yaml at commands/0/data/cidr: it is missing, and DefineNetwork needs it",
  ],
  [ONE("memory: 1"), "commands/0/data/memory: RegisterCompute has no such field: it has hostname"],
  [ONE("owner: [name]"), "commands/0/data/owner: a list, where owner is a string"],
  [
    ONE("location: { city: name }"),
    "commands/0/data/location/city: RegisterCompute has no such field: location has site",
  ],
  [
    ONE("owner: nobody"),
    `commands/0/data/owner: Referenced column "nobody" not found in FROM clause!`,
  ],
  [ONE("owner: null"), "commands/0/data/owner: it says nothing"],
  [ONE('owner: "name) FROM file; DROP TABLE read; SELECT (1"'), "commands/0/data/owner: "],
  [ONE('owner: "name +"'), "commands/0/data/owner: syntax error"],
  [ONE('cpu_cores: "name * 2"'), "commands/0/data/cpu_cores: No function matches"],
  [ONE("owner: name", ', where: "nam IS NULL"'), "commands/0/where: Referenced column"],
  [
    `columns: { nam: BIGINT }\n${ONE("owner: name")}`,
    "m.yaml at columns/nam: the file has no such column: it has name",
  ],
  [ONE(`owner: "(SELECT content FROM read_text('/etc/passwd'))"`), "commands/0/data/owner: "],
  [ONE(`owner: "(SELECT 1 FROM 'https://example.org/x.csv')"`), "commands/0/data/owner: "],
])("The mapping %s is refused", async (mapping, message) => {
  const error = await errorOf(imported("t.csv", "name\na\n", mapping));
  expect(error.message).toContain(message);
  expect(error.code).toBe("mapping_invalid");
});

test.each<[string, string | Uint8Array, string, string]>([
  ["a.csv", new Uint8Array([110, 10, 97, 10, 0xfc, 10]), "not_utf8", "a.csv:3:1: it is not UTF-8"],
  ["a.csv", new Uint8Array([0xff, 0xfe, 110, 0, 10, 0]), "not_utf8", "it is UTF-16: convert it"],
  ["a.csv", "", "no_rows", "there is nothing in it"],
  ["a.jsonl", "7\n", "no_rows", "there is no object of JSON in it"],
  ["a.json", '[{"a": 1}, {"a":', "syntax", "it cannot be read as json"],
  ["a.json", '[{"a": 1},\n', "syntax", "it is not whole: its list does not end"],
  ["a.parquet", "PAR1", "syntax", "it cannot be read as parquet"],
  ["a.csv.gz", gzipSync("name\n".repeat(9999)).subarray(0, 40), "syntax", "it is not whole"],
  ["a.xls", "x", "unknown_format", "its name does not say what it is"],
])("%s is not what it is said to be: %j", async (name, content, code, message) => {
  const error = await errorOf(imported(name, content, ONE("owner: name")));
  expect(error.message).toContain(message);
  expect(error.code).toBe(code);
});

test("Whatever is in a cell or a name, it is a text in a command, and nothing else", async () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 })
    .filter((text) => text.trim() !== "" && !text.includes("\ufeff"));
  const cell = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      "'); DROP TABLE read; --",
      '"',
      "${x}",
      "=1+1",
      "\\",
      "NULL",
      "{}",
      "'",
      "\u2028",
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.array(cell, { minLength: 1, maxLength: 6 }),
      async (column, cells) => {
        const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = `${field(column)},id\n` +
          cells.map((text, at) => `${field(text)},${at}`).join("\n") + "\n";
        const mapping =
          `commands: [{ command: LabelResource, data: { compute: id, space: "'s'", concept: "'c'", note: ${
            JSON.stringify(`"${column.trim().replaceAll('"', '""')}"`)
          } } }]`;
        if (["id", "_line"].includes(column.trim().toLowerCase())) return;
        const { commands, refused } = await imported("x[1]*'\".csv", csv, mapping);
        expect(refused).toEqual([]);
        const notes = new Map(commands.map(({ data }) => [Number(data["compute"]), data["note"]]));
        const spaces = /^ +| +$/g; // DuckDB's trim
        expect(cells.map((_, at) => notes.get(at) ?? "")).toEqual(
          cells.map((text) => text.replaceAll(spaces, "")),
        );
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);
