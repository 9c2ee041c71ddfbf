/** Whole numbers as people give them. */
import { InvalidArgumentError } from "commander";

/** The value of an option that is a whole number, of nine digits at most. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}
