/** Columns for objects, by what is in them. */
import type { Column } from "./table.ts";

/** A moment as this house writes it. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** The columns of objects, in the order in which their keys first come, and a list of values for each object. */
export function columnsOf(
  objects: readonly object[],
): { columns: Column[]; values: unknown[][] } {
  const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
  const values = objects.map((one) =>
    names.map((name) =>
      Object.hasOwn(one, name) ? plain((one as Record<string, unknown>)[name]) : null
    )
  );
  const columns = names.map((name, at): Column => {
    const type = typeOf(values.map((row) => row[at]).filter((value) => value !== null));
    return { name, type, numeric: type === "BIGINT" || type === "DOUBLE" };
  });
  return { columns, values };
}

/** The value as tables have it. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? null : value.toISOString().replace("Z", "000Z");
  }
  return typeof value === "function" || typeof value === "symbol" ? String(value) : value;
}

/** The type that a database would give to all of these. */
function typeOf(values: readonly unknown[]): string {
  const all = (is: (value: unknown) => boolean) => values.length > 0 && values.every(is);
  if (all((value) => typeof value === "boolean")) return "BOOLEAN";
  if (all((value) => typeof value === "bigint" || Number.isSafeInteger(value))) return "BIGINT";
  if (all((value) => typeof value === "number" || typeof value === "bigint")) return "DOUBLE";
  if (all((value) => typeof value === "string" && MOMENT.test(value))) return "TIMESTAMP";
  return values.some((value) => typeof value === "object") ? "JSON" : "VARCHAR";
}
