/** The house is as the README draws it. */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("..", import.meta.url));
const source = join(project, "src");

/** The README's table: room → what it may import. */
function table(): Map<string, string[]> {
  const rows = Deno.readTextFileSync(join(project, "README.md"))
    .matchAll(/^\| `([a-z_]+)(?:\/|\.ts)`\s*\|[^|]*\|([^|]*)\|$/gm);
  return new Map(
    [...rows].map(([, room, may]) => [room!, may!.split(/,\s*/).map((one) => one.trim())]),
  );
}

function* files(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* files(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

const roomOf = (path: string) => relative(source, path).split("/")[0]!.replace(/\.ts$/, "");

describe("Every room imports only what the README's table lets it", () => {
  const rooms = table();

  test("and every room of the table is there, and no other", () => {
    expect([...rooms.keys()].sort()).toEqual([...new Set([...files(source)].map(roomOf))].sort());
  });

  test.each([...files(source)].map((path) => [relative(source, path), path]))(
    "src/%s",
    (_, path) => {
      const may = rooms.get(roomOf(path)) ?? [];
      const text = Deno.readTextFileSync(path);
      const imports = [
        ...text.matchAll(
          /^\s*(?:import|export)\b[^"'`]*?\bfrom\s+"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm,
        ),
      ]
        .map((match) => join(dirname(path), match[1] ?? match[2]!));
      for (const target of imports) {
        if (!target.startsWith(source)) continue; // deno.json, for its version
        const room = roomOf(target);
        const allowed = room === roomOf(path) || may.includes(room) || may[0] === "all" ||
          (may[0] === "all but cli" && room !== "cli");
        expect(allowed, `${relative(source, path)} imports ${relative(source, target)}`).toBe(true);
      }
    },
  );
});

test("no file is longer than about 300 lines", () => {
  for (const path of [...files(source), ...files(join(project, "test"))]) {
    const lines = Deno.readTextFileSync(path).split("\n").length;
    expect(lines, relative(project, path)).toBeLessThanOrEqual(310);
  }
});

test("every exported name says what it is", () => {
  for (const path of files(source)) {
    const lines = Deno.readTextFileSync(path).split("\n");
    if (roomOf(path) === "mod") continue; // says again what the rooms say
    for (const [at, line] of lines.entries()) {
      if (
        !/^export (?:async )?(?:abstract )?(?:function\*?|class|interface|const|type \w) ?/.test(
          line,
        )
      ) continue;
      expect(lines[at - 1], `${relative(source, path)}:${at + 1}: ${line}`).toMatch(/\*\/\s*$/);
    }
  }
});

test("the README names the Deno that runs these tests", () => {
  const named = Deno.readTextFileSync(join(project, "README.md")).matchAll(/deno@(\d+\.\d+\.\d+)/g);
  expect(new Set([...named].map((match) => match[1]))).toEqual(new Set([Deno.version.deno]));
});
