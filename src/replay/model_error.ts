/** What can be wrong with a question to a model, and with a model. */
import { oneLine } from "../projections/projector_error.ts";

/** A question that the database cannot answer: wrong SQL, an unknown table, a value of the wrong type. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** Stable, for programs. */
  readonly code = "query_error";
}

/** A file that no model can be read from. */
export class ModelDamaged extends Error {
  override readonly name = "ModelDamaged";
  /** Stable, for programs. */
  readonly code = "model_damaged";
  /** @param path of the file */
  constructor(readonly path: string, cause: unknown) {
    const why = oneLine(cause);
    super(
      /^IO Error: Cannot open .*(does not exist|No such file or directory)/.test(why)
        ? `there is no model in ${path}; ${REMEDY}`
        : `no model can be read from ${path}: ${why}; ${REMEDY}`,
      { cause },
    );
  }
}

const REMEDY =
  "make one: deno task cim project sql makes the published one, deno task cim replay --into FILE any other";

/** A model that another process has open for writing: until it closes it, nobody else can look at it. */
export class ModelInUse extends Error {
  override readonly name = "ModelInUse";
  /** Stable, for programs. */
  readonly code = "model_in_use";
  /**
   * @param path of the file
   * @param cause what the database says of that
   */
  constructor(readonly path: string, cause: unknown) {
    const who = oneLine(cause).match(/\(PID \d+\)/)?.[0];
    super(
      `somebody${
        who ? ` ${who}` : ""
      } has ${path} open for writing: open it READ_ONLY there, or close it`,
      { cause },
    );
  }
}

/** Whether an error of DuckDB says that another process has the file open for writing. */
export function isInUse(error: unknown): boolean {
  return error instanceof Error &&
    /^IO Error: .*(Could not set lock on file|used by another process)/.test(error.message);
}
