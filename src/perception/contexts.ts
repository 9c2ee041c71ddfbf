/** The contexts that come with the project: what matters to whom. */
import type { Context } from "../spaces/context.ts";
import type { Space } from "../spaces/space.ts";
import { PerceptionError } from "./error.ts";

/** In `compute` one looks at one domain at a time, or at one more than at the others. */
const COMPUTE: readonly Context[] = [
  {
    name: "load",
    about:
      "who looks for what is busy: performance only, of which the concepts that come with the project say nothing",
    weights: { capacity: 0, reliability: 0 },
  },
  {
    name: "planning",
    about: "who plans what is to be bought: capacity, and how it is used",
    weights: { performance: 0.5, reliability: 0 },
  },
  {
    name: "risk",
    about: "who asks what may fail: reliability first",
    weights: { performance: 0.5, capacity: 0.25 },
  },
];

/** The contexts of a space by name. Without one everything matters alike. */
export function contextsOf(space: Space): readonly Context[] {
  return space.name === "compute" ? COMPUTE : [];
}

/** @throws {PerceptionError} `unknown_context` */
export function contextNamed(space: Space, name: string): Context {
  const contexts = contextsOf(space);
  const found = contexts.find((context) => context.name === name);
  if (found) return found;
  const there = contexts.length === 0
    ? "it has none"
    : `there are ${contexts.map(({ name }) => name).join(", ")}`;
  throw new PerceptionError(
    "unknown_context",
    `The space ${space.name} has no context ${JSON.stringify(name)}: ${there}`,
  );
}
