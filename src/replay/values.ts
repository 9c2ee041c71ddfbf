/** Values on their way into the database and out of it. */
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { Column } from "../table/table.ts";

/**
 * A value for the database: null, boolean, number, bigint, string or Date.
 *
 * @throws {TypeError} for anything else
 */
export function boundValue(value: unknown): DuckDBValue {
  if (value instanceof Date) return new DuckDBTimestampValue(BigInt(value.getTime()) * 1000n);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (value === null || ["boolean", "number", "bigint", "string"].includes(typeof value)) {
    return value as DuckDBValue;
  }
  throw new TypeError(
    `Cannot ask with a value of type ${typeof value}: use null, boolean, number, bigint, string or Date`,
  );
}

/**
 * A value of the database as JavaScript has it: whole numbers and decimals as numbers where that is exact, maps and
 * structs as objects, moments as RFC 3339 text in UTC with all six digits of their microseconds (a Date has three).
 */
export function plainValue(value: DuckDBValue): unknown {
  if (typeof value === "bigint") {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return momentText(value.micros);
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(plainValue);
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, one]) => [name, plainValue(one)]),
    );
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(
      value.entries.map((entry) => [String(entry.key), plainValue(entry.value)]),
    );
  }
  if (value instanceof DuckDBDecimalValue) return decimal(String(value));
  if (value instanceof DuckDBBlobValue) return Uint8Array.from(value.bytes); // and not a Buffer, which has a JSON of its own
  return String(value);
}

/** A decimal as a number, or as its digits where a number could not hold them all. */
function decimal(text: string): number | string {
  const digits = text.replace(/\D/g, "").replace(/^0+/, "");
  return digits.length <= 15 ? Number(text) : text;
}

function momentText(micros: bigint): string {
  const seconds = (micros - ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n) / 1_000_000n;
  const rest = String(micros - seconds * 1_000_000n).padStart(6, "0");
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime())
    ? `${micros} µs`
    : `${date.toISOString().replace(/\.000Z$/, "")}.${rest}Z`;
}

const NUMERIC = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);

/** What a table says of a column. */
export function columnOf(name: string, type: DuckDBType): Column {
  return { name, type: String(type), numeric: NUMERIC.has(type.typeId) };
}
