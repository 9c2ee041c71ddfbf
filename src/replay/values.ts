/** Values on their way into the database and out of it. */
import {
  DuckDBArrayType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
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

/** A value of the database as JavaScript has it: whole numbers as numbers where that is exact, maps as objects. */
export function plainValue(value: unknown, type: DuckDBType): unknown {
  if (typeof value === "bigint") {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (type instanceof DuckDBMapType) {
    const entries = value as { key: unknown; value: unknown }[];
    return Object.fromEntries(
      entries.map((entry) => [String(entry.key), plainValue(entry.value, type.valueType)]),
    );
  }
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) {
    return (value as unknown[]).map((one) => plainValue(one, type.valueType));
  }
  if (type instanceof DuckDBStructType) {
    const struct = value as Record<string, unknown>;
    return Object.fromEntries(
      type.entryNames.map((name, at) => [name, plainValue(struct[name], type.entryTypes[at]!)]),
    );
  }
  return value;
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
