/** One value of a table as text. */

/** As people read it: nothing for null, moments in UTC, lists and objects as JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().replace("T", " ").replace(/(\.000)?Z$/, "");
  if (value instanceof Uint8Array) return value.toHex();
  if (typeof value === "object") return JSON.stringify(value, exact);
  return String(value);
}

/** For JSON: what it has no form for, as text. */
export function exact(_key: string, value: unknown): unknown {
  return typeof value === "bigint"
    ? value.toString()
    : value instanceof Uint8Array
    ? value.toHex()
    : value;
}
