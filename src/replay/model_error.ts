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
    super(
      `no model can be read from ${path}: ${
        oneLine(cause)
      }; make it anew: deno task cim project sql, ` +
        `or deno task cim replay --into FILE`,
      { cause },
    );
  }
}
