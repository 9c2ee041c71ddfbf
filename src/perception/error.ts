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

/** Some names in a sentence, the nearest to what was said first, and not more than can be read. */
export function someOf(names: readonly string[], said?: string): string {
  const most = 10;
  const near = said === undefined
    ? names
    : names.toSorted((a, b) => unlikeness(a, said) - unlikeness(b, said));
  const shown = near.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** 0 where one begins like the other, 1 where one is in the other, else 2. */
function unlikeness(name: string, said: string): number {
  const [a, b] = [name.toLowerCase(), said.toLowerCase()];
  return a.startsWith(b) || b.startsWith(a) ? 0 : a.includes(b) || b.includes(a) ? 1 : 2;
}
