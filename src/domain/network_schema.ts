/** The shapes of DefineNetwork and NetworkDefined. */
import Type from "typebox";
import { Name, VlanId } from "./values.ts";

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
