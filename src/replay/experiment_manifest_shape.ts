/** Whether what is read as a manifest is one: anybody may have written into it. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { quote } from "../domain/refusal.ts";
import type { ExperimentManifest } from "./experiment_manifest.ts";
import { TableName } from "./experiment_spec.ts";

const Count = Type.Integer({ minimum: 0 });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const File = Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}\\.parquet$" });
const closed = { additionalProperties: false };

const Table = Type.Object({
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  ordered: Type.Boolean(),
  key: Type.Optional(Type.Array(Type.String())),
  rows: Count,
  hash: Hash,
  rows_each: Type.Integer({ minimum: 1 }),
  digests: Type.String({ pattern: "^([0-9a-f]{6})*$" }),
});

const Manifest = Type.Object({
  spec: Type.Object({}),
  input: Type.Object({
    name: Type.String(),
    incarnation: Type.String(),
    events: Count,
    skipped: Count,
    log_hash: Type.String(),
    first_sequence: Count,
    last_sequence: Count,
  }),
  code: Type.Object({
    commit: Type.Union([Type.String(), Type.Null()]),
    source: Hash,
    lock: Hash,
    versions: Type.Record(Type.String(), Type.String()),
  }),
  effects: Type.Array(Type.Record(Type.String(), Count)),
  applied: Type.Object({ events: Count }),
  parked: Type.Array(Type.Object({})),
  tables: Type.Record(TableName, Table, closed),
  archive: Type.Optional(Type.String()),
  files: Type.Record(File, Hash, closed),
  timings: Type.Object({
    fold: Type.Number(),
    queries: Type.Number(),
    keep: Type.Optional(Type.Number()),
    whole: Type.Number(),
  }),
});

let validator: Validator | undefined;

/**
 * Checks a manifest, all but its spec.
 *
 * @throws {RangeError} which says what is wrong, and where
 */
export function checkManifest(given: ExperimentManifest): void {
  validator ??= Compile(Manifest);
  if (!validator.Check(given)) {
    const [first] = validator.Errors(given);
    throw new RangeError(`${first!.instancePath || "it"} ${first!.message}`);
  }
  const { spec, tables, files } = given;
  const asked = Object.keys({ ...spec.queries, ...spec.analyses }).sort().join(", ");
  const said = Object.keys(tables).sort().join(", ");
  if (asked !== said) {
    throw new RangeError(`its tables are ${quote(said)}, and its spec asks for ${quote(asked)}`);
  }
  const named = Object.keys(tables).map((name) => `${name}.parquet`).sort().join(", ");
  const kept = Object.keys(files).sort().join(", ");
  if (named !== kept) throw new RangeError(`its files are ${quote(kept)}, not ${quote(named)}`);
  for (const [name, { rows, rows_each, digests }] of Object.entries(tables)) {
    if (digests.length === 6 * Math.ceil(rows / rows_each)) continue;
    throw new RangeError(`/tables/${name}/digests are not of ${rows} rows`);
  }
}
