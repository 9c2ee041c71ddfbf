/** A small space that several tests are about. */
import type { Space } from "../../src/spaces/space.ts";

/** A share of one: the quality of a dimension. */
export const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
/** Two domains: what a host has to do, and how old it is. */
export const host: Space = {
  name: "host",
  domains: [
    {
      name: "load",
      dimensions: [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }],
    },
    {
      name: "wear",
      dimensions: [{ name: "wear.age", unit: "a", scale: "linear", range: [0, 10] }],
    },
  ],
};
