/** How types of resources are told apart in pictures. */
import { GREY, PALETTE } from "./palette.ts";

/** Two letters, and a colour besides. */
export type ResourceSign = readonly [letters: string, colour: string];

const SIGNS: Record<string, ResourceSign> = {
  physical_server: ["SV", PALETTE[0]!],
  storage: ["ST", PALETTE[1]!],
  switch: ["SW", PALETTE[2]!],
  router: ["RT", PALETTE[3]!],
  load_balancer: ["LB", PALETTE[4]!],
  firewall: ["FW", PALETTE[5]!],
  iot_device: ["IO", GREY],
  virtual_machine: ["VM", PALETTE[6]!],
  container: ["CT", PALETTE[7]!],
};
const OTHER: ResourceSign = ["??", GREY];

/** The sign of a type. What is of no type that is known here has one as well. */
export function signOfType(type: string | null): ResourceSign {
  return type !== null && Object.hasOwn(SIGNS, type) ? SIGNS[type]! : OTHER;
}

/** Some types in the order of a legend: those that have a sign of their own, and then all others. */
export function typesInOrder(types: Iterable<string>): { known: string[]; others: string[] } {
  const all = new Set(types);
  return {
    known: Object.keys(SIGNS).filter((type) => all.has(type)),
    others: [...all].filter((type) => !Object.hasOwn(SIGNS, type)).sort(),
  };
}
