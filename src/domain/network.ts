/** Networks: DefineNetwork → NetworkDefined. */
import Type from "typebox";
import { type Decision, type Finding, stateDecision } from "./decision.ts";
import type { Command } from "./command.ts";
import { aggregateIdOf, resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { ipAddress, Name, networkCidr, VlanId } from "./values.ts";

const closed = { additionalProperties: false };

/**
 * The data of DefineNetwork. Networks that exist once per host (loopback, link-local, container bridges) have that
 * host as their `scope`: an aggregate id or a registered hostname.
 */
export const DefineNetwork = Type.Object({
  name: Name,
  cidr: Type.String(),
  vlan_id: Type.Optional(VlanId),
  parent: Type.Optional(Type.String()),
  vrf: Type.Optional(Name),
  kind: Type.Optional(Type.Enum(["lan", "loopback", "link_local", "bridge", "tunnel"])),
  gateway: Type.Optional(Type.String()),
  scope: Type.Optional(Name),
}, closed);
/** {@linkcode DefineNetwork} as a type. */
export type DefineNetwork = Type.Static<typeof DefineNetwork>;

/** The data of NetworkDefined; `scope` is an aggregate id. */
export const NetworkState = DefineNetwork;
/** {@linkcode NetworkState} as a type. */
export type NetworkState = DefineNetwork;

/**
 * Decides DefineNetwork. A network is told from others by its VRF, its prefix, and the host it is scoped to. What is
 * left out stays as it was. Two sites may use one private prefix: a gateway or VLAN that is observed and contradicts
 * the known one is a finding, and only a declaration changes it.
 */
export function defineNetwork(
  inventory: InventoryView,
  { data, source }: Command<"DefineNetwork">,
): Decision {
  const cidr = networkCidr(data.cidr, "cidr");
  const scope = data.scope === undefined
    ? {}
    : { scope: resolveCompute(inventory, data.scope, "scope") };
  const id = aggregateIdOf("network", data.vrf, cidr, scope.scope);
  const known = inventory.get("network", id)?.state;
  const state: NetworkState = { ...known, ...data, ...scope, cidr };
  if (data.parent !== undefined) state.parent = networkCidr(data.parent, "parent");
  if (data.gateway !== undefined) state.gateway = ipAddress(data.gateway, "gateway");
  const findings: Finding[] = [];
  for (const field of ["gateway", "vlan_id"] as const) {
    const [before, now] = [known?.[field], state[field]];
    if (source !== "observed" || before === undefined || before === now) continue;
    Object.assign(state, { [field]: before });
    findings.push({
      code: "network_conflict",
      field,
      message:
        `${cidr} has ${field} ${before}, and was seen with ${now}: perhaps another network ` +
        `of the same prefix, to be told apart by a VRF`,
    });
  }
  const fact = { event_type: "NetworkDefined", aggregate_id: id, data: state } as const;
  return stateDecision(inventory, "network", fact, findings);
}
