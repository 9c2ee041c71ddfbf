/** `decide(state, command)`: the one place where it is settled what a command leads to. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Command, CommandType } from "./command.ts";
import { registerCompute } from "./compute.ts";
import { changeComputeStatus, decommissionCompute } from "./compute_life.ts";
import { updateCompute } from "./compute_update.ts";
import { defineConcept, labelResource } from "./concept.ts";
import { establishConnection, severConnection } from "./connection.ts";
import type { AggregateType } from "./event_types.ts";
import type { Finding } from "./finding.ts";
import type { InventoryView } from "./inventory.ts";
import { recordMeasurements } from "./measurement.ts";
import type { Fact } from "./message.ts";
import { defineNetwork, removeNetwork } from "./network.ts";
import { revokePolicy, setPolicy } from "./policy.ts";
import { configureSoftware, removeSoftware } from "./software.ts";

/** What a command leads to: its aggregate, what happened (nothing, if it changes nothing), and what is odd. */
export interface Decision {
  aggregate_id: string;
  facts: Fact[];
  findings: Finding[];
}

type Decide = { [T in CommandType]: (inventory: InventoryView, command: Command<T>) => Decision };

const DECIDE: Decide = {
  RegisterCompute: registerCompute,
  UpdateCompute: updateCompute,
  ChangeComputeStatus: changeComputeStatus,
  RecordMeasurements: recordMeasurements,
  DecommissionCompute: decommissionCompute,
  DefineNetwork: defineNetwork,
  RemoveNetwork: removeNetwork,
  EstablishConnection: establishConnection,
  SeverConnection: severConnection,
  ConfigureSoftware: configureSoftware,
  RemoveSoftware: removeSoftware,
  SetPolicy: setPolicy,
  RevokePolicy: revokePolicy,
  DefineConcept: defineConcept,
  LabelResource: labelResource,
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

/** The decision that an aggregate is no more; nothing but a finding, if there is none. */
export function removalDecision(
  inventory: InventoryView,
  type: AggregateType,
  event: "NetworkRemoved" | "ConnectionSevered" | "SoftwareRemoved" | "PolicyRevoked",
  id: string,
  reason: string | undefined,
  absent: () => Finding,
): Decision {
  const known = inventory.get(type, id);
  if (!known) return { aggregate_id: id, facts: [], findings: [absent()] };
  const data = { ...known.state, ...(reason === undefined ? {} : { reason }) };
  const fact = { event_type: event, aggregate_id: id, data } as Fact;
  return { aggregate_id: id, facts: [fact], findings: [] };
}
