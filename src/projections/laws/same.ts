/** Whether two read models say the same, and if not, where they differ. */
import { isDeepStrictEqual } from "node:util";

const MOST_CHARACTERS = 400;

/**
 * Requires that what was found is what was expected.
 *
 * @param what is compared
 * @throws {Error} which names the first place where they differ, and what is there
 */
export function requireSame(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  const [path, one, other] = firstDifference(found, expected);
  const where = path === "" ? "" : ` at ${path}`;
  throw new Error(`${what}: found${where} ${show(one)}, expected ${show(other)}`);
}

function firstDifference(found: unknown, expected: unknown): [string, unknown, unknown] {
  if (isObject(found) && isObject(expected)) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(expected)])) {
      const [one, other] = [found[key], expected[key]];
      if (isDeepStrictEqual(one, other)) continue;
      const [path, ...values] = firstDifference(one, other);
      return [`/${key}${path}`, ...values];
    }
  }
  return ["", found, expected];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, part) => typeof part === "bigint" ? `${part}n` : part,
  ) ?? String(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}
