/** Value objects from texts that others wrote. */
import { Refusal } from "../domain/refusal.ts";

/**
 * What the domain makes of a text, or undefined where it refuses it: one fact that is none shall not take the others
 * with it.
 */
export function accepted<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
