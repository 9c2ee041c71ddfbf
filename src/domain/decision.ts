/** `decide(state, command)`: the one place where it is settled what a command leads to. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Command, CommandType } from "./command.ts";
import { recordMeasurements, registerCompute } from "./compute.ts";
import { establishConnection } from "./connection.ts";
import type { AggregateType } from "./event.ts";
import type { InventoryView } from "./inventory.ts";
import type { Fact } from "./message.ts";
import { defineNetwork } from "./network.ts";
import { setPolicy } from "./policy.ts";
import { configureSoftware } from "./software.ts";

/** Something odd that was seen and does not stand in the way; for people to look into. */
export interface Finding {
  code:
    | "shared_evidence"
    | "changed_evidence"
    | "name_only"
    | "shared_hostname"
    | "shared_mac_address"
    | "network_conflict";
  field: string;
  message: string;
}

/** What a command leads to: its aggregate, what happened (nothing, if it changes nothing), and what is odd. */
export interface Decision {
  aggregate_id: string;
  facts: Fact[];
  findings: Finding[];
}

type Decide = { [T in CommandType]: (inventory: InventoryView, command: Command<T>) => Decision };

const DECIDE: Decide = {
  RegisterCompute: registerCompute,
  RecordMeasurements: recordMeasurements,
  DefineNetwork: defineNetwork,
  EstablishConnection: establishConnection,
  ConfigureSoftware: configureSoftware,
  SetPolicy: setPolicy,
};

/**
 * What a command leads to, given all that has happened.
 *
 * @throws {Refusal} when it cannot be done; then nothing has happened
 */
export function decide(inventory: InventoryView, command: Command): Decision {
  return DECIDE[command.command](inventory, command as never);
}

/** The decision that an aggregate has this state from now on; nothing, if it has it already. */
export function stateDecision(
  inventory: InventoryView,
  type: AggregateType,
  fact: Fact,
  findings: Finding[] = [],
): Decision {
  const known = inventory.get(type, fact.aggregate_id);
  const facts = known && isDeepStrictEqual(known.state, fact.data) ? [] : [fact];
  return { aggregate_id: fact.aggregate_id, facts, findings };
}
