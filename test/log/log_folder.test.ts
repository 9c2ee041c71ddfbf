import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { logFolder } from "../../src/log/log_folder.ts";

const name = "INFRASTRUCTURE_EVENTS";

test("A log's folder tells people when it was made", () => {
  expect(logFolder("data/local", { name, incarnation: "2026-11-24T10:00:00.5Z" }))
    .toMatch(/^data.local.logs.2026-11-24T10-00-00-5Z-[0-9a-f]{16}$/);
});

test("Whatever a server says of its incarnation is one part of a path, of its own", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", ".", "..", "../..", "/etc", "C:\\x", "CON", "a\0b", "-rf", "x".repeat(999)),
  );
  fc.assert(fc.property(odd, odd, (incarnation, other) => {
    const folder = logFolder("place", { name, incarnation });
    expect(dirname(folder)).toBe(join("place", "logs"));
    expect(basename(folder)).toMatch(/^[0-9A-Za-z][0-9A-Za-z-]{0,60}$/);
    if (other === incarnation) return;
    // On a file system that does not tell small letters from large ones as well.
    expect(logFolder("place", { name, incarnation: other }).toLowerCase())
      .not.toBe(folder.toLowerCase());
  }));
  expect(logFolder("p", { name: "a", incarnation: "b" }))
    .not.toBe(logFolder("p", { name: "b", incarnation: "b" }));
});
