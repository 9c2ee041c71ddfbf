/** What somebody asked that a space of a model cannot answer. */
import { distance } from "fastest-levenshtein";

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

/** Some names in a sentence, the nearest to what was said first, and not more than can be read. */
export function someOf(names: readonly string[], said?: string): string {
  const most = 10;
  const near = said === undefined
    ? names
    : names.map((name) => ({ name, of: unlikeness(name, said) }))
      .sort((a, b) => a.of.part - b.of.part || a.of.edits - b.of.edits)
      .map(({ name }) => name);
  const shown = near.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** `part`: 0 where one begins like the other, 1 where one is in the other, else 2; `edits`: Levenshtein's distance. */
function unlikeness(name: string, said: string): { part: number; edits: number } {
  const [a, b] = [name.toLowerCase(), said.toLowerCase()];
  const part = a.startsWith(b) || b.startsWith(a) ? 0 : a.includes(b) || b.includes(a) ? 1 : 2;
  return { part, edits: distance(a, b) };
}
