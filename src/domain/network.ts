/** Networks: DefineNetwork → NetworkDefined. */
import Type from "typebox";
import { type Decision, stateDecision } from "./decision.ts";
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

/** Decides DefineNetwork. A network is told from others by its VRF, its prefix, and the host it is scoped to. */
export function defineNetwork(
  inventory: InventoryView,
  { data }: Command<"DefineNetwork">,
): Decision {
  const cidr = networkCidr(data.cidr, "cidr");
  const scope = data.scope === undefined
    ? {}
    : { scope: resolveCompute(inventory, data.scope, "scope") };
  const id = aggregateIdOf("network", data.vrf, cidr, scope.scope);
  const state: NetworkState = { ...inventory.get("network", id)?.state, ...data, ...scope, cidr };
  if (data.parent !== undefined) state.parent = networkCidr(data.parent, "parent");
  if (data.gateway !== undefined) state.gateway = ipAddress(data.gateway, "gateway");
  return stateDecision(inventory, "network", {
    event_type: "NetworkDefined",
    aggregate_id: id,
    data: state,
  });
}
