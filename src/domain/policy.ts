/** Policies: SetPolicy → PolicySet. */
import Type from "typebox";
import type { Command } from "./command.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { aggregateIdOf } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { Name, Text } from "./values.ts";

/**
 * The data of SetPolicy: every resource that `selector` picks must satisfy `rule` (both CEL expressions over a
 * resource); `for` is how long it may fail before that is an alert: `5m`.
 */
export const SetPolicy = Type.Object({
  name: Name,
  description: Type.Optional(Text),
  severity: Type.Enum(["info", "warning", "critical"]),
  selector: Type.String({ minLength: 1, maxLength: 16_384 }),
  rule: Type.String({ minLength: 1, maxLength: 16_384 }),
  for: Type.Optional(Type.String({ pattern: "^[1-9]\\d*(s|m|h|d)$" })),
}, { additionalProperties: false });
/** {@linkcode SetPolicy} as a type. */
export type SetPolicy = Type.Static<typeof SetPolicy>;

/** The data of PolicySet. */
export const PolicyState = SetPolicy;
/** {@linkcode PolicyState} as a type. */
export type PolicyState = SetPolicy;

/** Decides SetPolicy, which says everything anew. A policy is told from others by its name. */
export function setPolicy(inventory: InventoryView, { data }: Command<"SetPolicy">): Decision {
  return stateDecision(inventory, "policy", {
    event_type: "PolicySet",
    aggregate_id: aggregateIdOf("policy", data.name),
    data,
  });
}
