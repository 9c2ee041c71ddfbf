/** What somebody asked that a space of a model cannot answer. */
/** What can be wrong. */
export type PerceptionErrorCode =
  | "unknown_space"
  | "unknown_context"
  | "unknown_thing"
  | "ambiguous_thing"
  | "unknown_dimension"
  | "no_difference"
  | "nothing_labelled"
  | "no_truth"
  | "no_history";

/** There is no such space, context, thing or dimension; the message says which there are. */
export class PerceptionError extends Error {
  override readonly name = "PerceptionError";
  /** @param code stable, for programs */
  constructor(readonly code: PerceptionErrorCode, message: string) {
    super(message);
  }
}

/** What to do about a space without things. */
const FILL_IT = "run deno task cim discover, or ask about another moment";

/** What is said of a space without things. */
export const EMPTY = `There is nothing in this space at that moment: ${FILL_IT}`;

/** There is no thing of a name, for there is none at all. */
export function nothingOf(said: string): PerceptionError {
  const message = `There is no ${
    JSON.stringify(said)
  } in this space at that moment, nor anything else: ${FILL_IT}`;
  return new PerceptionError("unknown_thing", message);
}
