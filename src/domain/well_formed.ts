/** Text that every reader of the log can read. */

/**
 * Finds a text that is not well-formed Unicode: with half of a surrogate pair in it. JSON can say such a text and
 * JavaScript can hold it, but UTF-8 has no form for it, and databases refuse it.
 *
 * @returns the path of the first such text or key, or undefined
 */
export function illFormedText(value: unknown, path = ""): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : path;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, one] of Object.entries(value)) {
    const inner = path === "" ? key : `${path}/${key}`;
    const found = key.isWellFormed() ? illFormedText(one, inner) : path;
    if (found !== undefined) return found;
  }
  return undefined;
}
