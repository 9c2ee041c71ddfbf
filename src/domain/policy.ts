/** Policies: SetPolicy → PolicySet; RevokePolicy → PolicyRevoked. */
import Type from "typebox";
import type { Command } from "./command.ts";
import { type Decision, removalDecision, stateDecision } from "./decision.ts";
import { aggregateIdOf } from "./aggregate_id.ts";
import { finding } from "./finding.ts";
import type { InventoryView } from "./inventory.ts";
import { quote } from "./refusal.ts";
import { Name, Text } from "./values.ts";

const closed = { additionalProperties: false };

const facts = {
  name: Name,
  description: Type.Optional(Text),
  severity: Type.Enum(["info", "warning", "critical"]),
  selector: Type.String({ minLength: 1, maxLength: 16_384 }),
  rule: Type.String({ minLength: 1, maxLength: 16_384 }),
  for: Type.Optional(Type.String({ pattern: "^[1-9]\\d*(s|m|h|d)$" })),
};

/**
 * The data of SetPolicy: every resource that `selector` picks must satisfy `rule` (both CEL expressions over a
 * resource); `for` is how long it may fail before that is an alert: `5m`.
 */
export const SetPolicy = Type.Object(facts, closed);
/** {@linkcode SetPolicy} as a type. */
export type SetPolicy = Type.Static<typeof SetPolicy>;

/** The data of RevokePolicy. */
export const RevokePolicy = Type.Object({ name: Name, reason: Type.Optional(Text) }, closed);
/** {@linkcode RevokePolicy} as a type. */
export type RevokePolicy = Type.Static<typeof RevokePolicy>;

/** The data of PolicySet. */
export const PolicyState = SetPolicy;
/** {@linkcode PolicyState} as a type. */
export type PolicyState = SetPolicy;

/** The data of PolicyRevoked: its last state, and why it is gone. */
export const PolicyLast = Type.Object({ ...facts, reason: Type.Optional(Text) }, closed);

/** Decides SetPolicy, which says everything anew. A policy is told from others by its name. */
export function setPolicy(inventory: InventoryView, { data }: Command<"SetPolicy">): Decision {
  return stateDecision(inventory, "policy", {
    event_type: "PolicySet",
    aggregate_id: aggregateIdOf("policy", data.name),
    data,
  });
}

/** Decides RevokePolicy. */
export function revokePolicy(
  inventory: InventoryView,
  { data }: Command<"RevokePolicy">,
): Decision {
  const id = aggregateIdOf("policy", data.name);
  return removalDecision(
    inventory,
    "policy",
    "PolicyRevoked",
    id,
    data.reason,
    () => finding("not_there", "name", `there is no policy ${quote(data.name)} to revoke`),
  );
}
