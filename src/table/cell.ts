/** One value of a table as text. */

/** What it says, exactly: nothing for null, lists and objects as JSON. */
export function exactText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return value.toHex();
  if (typeof value === "object") return JSON.stringify(value, exact);
  return String(value);
}

/** As people read it: a moment (UTC) without what is only there for programs. */
export function cellText(value: unknown, { type }: { type: string }): string {
  const text = exactText(value);
  return type === "TIMESTAMP"
    ? text.replace("T", " ").replace(/(?:\.000000|(?<=\.\d{3})000)?Z$/, "")
    : text;
}

/** For JSON: what it has no form for, as text. */
export function exact(_key: string, value: unknown): unknown {
  return typeof value === "bigint"
    ? value.toString()
    : value instanceof Uint8Array
    ? value.toHex()
    : value;
}
