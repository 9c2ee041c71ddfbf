/** Analyses: questions that a spec names, because no SELECT can ask them. Which there are, others say. */
import { type DuckDBValue, listValue } from "@duckdb/node-api";
import Type from "typebox";
import type { Table } from "../table/table.ts";
import type { RawTable } from "./experiment_canonical.ts";
import { ExperimentError } from "./experiment_error.ts";
import { checkShape } from "./experiment_shape.ts";
import type { AnalysisCall, ExperimentSpec } from "./experiment_spec.ts";
import type { Model } from "./model.ts";

/** What an analysis goes by besides its parameters. */
export interface AnalysisContext {
  /** The spec's seed: what an analysis draws, it draws from this. */
  seed: number;
  /** Ends it, with its reason. */
  signal: AbortSignal;
}

/** An analysis of a read model, whose answer is a table. */
export interface Analysis {
  /** What it tells, in a line. */
  description: string;
  /** What it may be given, as JSON Schema. */
  parameters: Type.TObject;
  /** The columns that tell its rows apart, in a comparison. */
  key: readonly string[];
  /**
   * Makes the table. The same model, parameters and seed always give the same, on whatever machine: its rows have an
   * order that leaves nothing open. Its columns are VARCHAR (moments too), BIGINT, DOUBLE, BOOLEAN or VARCHAR[].
   *
   * @throws an error with a `code` where it cannot be made with these parameters
   */
  run(
    model: Model,
    parameters: Record<string, unknown>,
    context: AnalysisContext,
  ): Promise<Table>;
}

/** Analyses by their names. */
export type Analyses = Readonly<Record<string, Analysis>>;

/**
 * An analysis whose parameters have the types that their schema says.
 *
 * @param of the same as an {@linkcode Analysis}
 */
export function analysis<Parameters extends Type.TObject>(
  of: Omit<Analysis, "parameters" | "run"> & {
    parameters: Parameters;
    run(
      model: Model,
      parameters: Type.Static<Parameters>,
      context: AnalysisContext,
    ): Promise<Table>;
  },
): Analysis {
  return of as unknown as Analysis;
}

/** The schema of an analysis as a spec names it: `analysis` is its name, and its parameters are beside that. */
export function callSchema(name: string, { description, parameters }: Analysis): Type.TObject {
  const fields = { analysis: Type.Literal(name), ...parameters.properties };
  return Type.Object(fields, { additionalProperties: false, description });
}

/**
 * Checks that every analysis of a spec is there, and is given what it may be.
 *
 * @throws {ExperimentError} `experiment_unknown`, or `experiment_invalid`
 */
export function checkAnalyses({ analyses = {} }: ExperimentSpec, known: Analyses): void {
  for (const [table, call] of Object.entries(analyses)) {
    const position = `/analyses/${table}`;
    if (!Object.hasOwn(known, call.analysis)) {
      const reason = `there is no analysis ${JSON.stringify(call.analysis)}: there are ` +
        (Object.keys(known).sort().join(", ") || "none");
      throw new ExperimentError("experiment_unknown", `${position}/analysis`, reason);
    }
    checkShape(schemaOf(call.analysis, known[call.analysis]!), call, position);
  }
}

const schemas = new WeakMap<Analysis, Type.TObject>();

function schemaOf(name: string, one: Analysis): Type.TObject {
  const schema = schemas.get(one) ?? callSchema(name, one);
  schemas.set(one, schema);
  return schema;
}

/**
 * Makes the table of an analysis that was checked.
 *
 * @throws {ExperimentError} `experiment_analysis`, with what the analysis says
 */
export async function analyse(
  model: Model,
  { analysis: name, ...parameters }: AnalysisCall,
  position: string,
  known: Analyses,
  context: AnalysisContext,
): Promise<RawTable> {
  try {
    return rawTable(await known[name]!.run(model, parameters, context));
  } catch (error) {
    context.signal.throwIfAborted();
    // What has a code is the answer of somebody who knows; anything else is a fault of the program.
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new ExperimentError("experiment_analysis", position, error.message, { cause: error });
  }
}

/** A table with the database's own values, as those that queries give. */
function rawTable({ columns, values }: Table): RawTable {
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: values.map((row) => row.map((value, at) => rawValue(value, columns[at]!.type))),
    ordered: true,
  };
}

function rawValue(value: unknown, type: string): DuckDBValue {
  if (value === null || value === undefined) return null;
  switch (type) {
    case "VARCHAR":
      return String(value);
    case "BIGINT":
      return BigInt(value as number | bigint);
    case "DOUBLE":
      return Number(value);
    case "BOOLEAN":
      return Boolean(value);
    case "VARCHAR[]":
      return listValue((value as unknown[]).map(String));
  }
  throw new TypeError(`Cannot keep a column of type ${type} of an analysis: cast it`);
}
