/** Facts in JSON that others wrote: whatever it holds, what is asked for is there in its type, or absent. */

/** The value of a JSON text, or undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is at the end of a path of field names, or undefined. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

/** A text that is not empty. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A whole number greater than zero, and exact: in these interfaces zero is "not said". */
export function amountAt(value: unknown, ...path: string[]): number | undefined {
  const found = at(value, ...path);
  return Number.isSafeInteger(found) && Number(found) > 0 ? Number(found) : undefined;
}

/** The elements of a list; none where there is no list. */
export function listAt(value: unknown, ...path: string[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}
