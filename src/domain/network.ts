/** Networks: DefineNetwork → NetworkDefined; RemoveNetwork → NetworkRemoved. */
import ipaddr from "ipaddr.js";
import Type from "typebox";
import { type Decision, removalDecision, stateDecision } from "./decision.ts";
import type { Command } from "./command.ts";
import { type Finding, finding, Findings, openFindings } from "./finding.ts";
import { aggregateIdOf } from "./aggregate_id.ts";
import { resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { ipAddress, Name, networkCidr, Text, VlanId } from "./values.ts";

const closed = { additionalProperties: false };

const facts = {
  name: Name,
  cidr: Type.String(),
  vlan_id: Type.Optional(VlanId),
  parent: Type.Optional(Type.String()),
  vrf: Type.Optional(Name),
  kind: Type.Optional(Type.Enum(["lan", "loopback", "link_local", "bridge", "tunnel"])),
  gateway: Type.Optional(Type.String()),
  scope: Type.Optional(Name),
};

/**
 * The data of DefineNetwork. Networks that exist once per host (loopback, link-local, container bridges) have that
 * host as their `scope`: an aggregate id or a registered hostname.
 */
export const DefineNetwork = Type.Object(facts, closed);
/** {@linkcode DefineNetwork} as a type. */
export type DefineNetwork = Type.Static<typeof DefineNetwork>;

/** The data of RemoveNetwork: what a network is told from others by. */
export const RemoveNetwork = Type.Object({
  cidr: Type.String(),
  vrf: Type.Optional(Name),
  scope: Type.Optional(Name),
  reason: Type.Optional(Text),
}, closed);
/** {@linkcode RemoveNetwork} as a type. */
export type RemoveNetwork = Type.Static<typeof RemoveNetwork>;

/** The data of NetworkDefined; `scope` is an aggregate id. */
export const NetworkState = Type.Object({ ...facts, findings: Findings }, closed);
/** {@linkcode NetworkState} as a type. */
export type NetworkState = Type.Static<typeof NetworkState>;

/** The data of NetworkRemoved: its last state, and why it is gone. */
export const NetworkLast = Type.Object({
  ...facts,
  findings: Findings,
  reason: Type.Optional(Text),
}, closed);

/**
 * Decides DefineNetwork. A network is told from others by its VRF, its prefix, and the host it is scoped to. What is
 * left out stays as it was. What is observed of a known network fills in what is not known, and changes no name. Two
 * sites may use one private prefix: a gateway or VLAN that is observed and contradicts the known one is a finding, and
 * only a declaration changes it.
 *
 * @throws {Refusal} `invalid` for a parent, or a declared gateway, that does not fit the prefix
 */
export function defineNetwork(
  inventory: InventoryView,
  { data, source }: Command<"DefineNetwork">,
): Decision {
  const { id, cidr, scope } = identify(inventory, data);
  const known = inventory.get("network", id)?.state;
  const { findings: before, ...facts } = known ?? {};
  // Of a network that others use too, a machine sees only its own side: it fills in what is not known.
  const fillsIn = source === "observed" && known !== undefined && known.scope === undefined;
  const state: NetworkState = {
    ...fillsIn ? { ...data, ...facts, cidr } : { ...facts, ...data, ...scope, cidr },
    ...(data.gateway === undefined ? {} : { gateway: data.gateway }),
    ...(data.vlan_id === undefined ? {} : { vlan_id: data.vlan_id }),
  };
  if (data.parent !== undefined) {
    const parent = parentOf(data.parent, cidr);
    if (!fillsIn || known.parent === undefined) state.parent = parent;
  }
  if (data.gateway !== undefined) state.gateway = ipAddress(data.gateway, "gateway");
  const findings: Finding[] = [];
  for (const field of ["gateway", "vlan_id"] as const) {
    const [was, now] = [known?.[field], state[field]];
    if (source !== "observed" || was === undefined || was === now) continue;
    Object.assign(state, { [field]: was });
    findings.push(finding(
      "network_conflict",
      field,
      `${cidr} has ${field} ${was}, and was seen with ${now}: perhaps another network ` +
        `of the same prefix, to be told apart by a VRF`,
    ));
  }
  if (state.gateway !== undefined && !liesIn(state.gateway, cidr)) {
    const message = `gateway: ${quote(state.gateway)} is not an address in ${cidr}`;
    if (source === "declared") throw new Refusal("invalid", "gateway", message);
    findings.push(finding("gateway_outside", "gateway", message));
  }
  return stateDecision(inventory, "network", {
    event_type: "NetworkDefined",
    aggregate_id: id,
    data: { ...state, ...openFindings(before, findings, source) },
  }, findings);
}

/** Decides RemoveNetwork. */
export function removeNetwork(
  inventory: InventoryView,
  { data }: Command<"RemoveNetwork">,
): Decision {
  const { id, cidr } = identify(inventory, data);
  return removalDecision(inventory, "network", "NetworkRemoved", id, data.reason, () => {
    const where = data.vrf === undefined ? "" : ` in ${quote(data.vrf)}`;
    return finding("not_there", "cidr", `there is no network ${cidr}${where} to remove`);
  });
}

function identify(
  inventory: InventoryView,
  data: Pick<DefineNetwork, "cidr" | "vrf" | "scope">,
): { id: string; cidr: string; scope: { scope?: string } } {
  const cidr = networkCidr(data.cidr, "cidr");
  const scope = data.scope === undefined
    ? {}
    : { scope: resolveCompute(inventory, data.scope, "scope") };
  return { id: aggregateIdOf("network", data.vrf, cidr, scope.scope), cidr, scope };
}

function parentOf(value: string, cidr: string): string {
  const parent = networkCidr(value, "parent");
  const length = (network: string) => Number(network.slice(network.indexOf("/") + 1));
  if (length(parent) >= length(cidr) || !liesIn(cidr.replace(/\/.*$/, ""), parent)) {
    throw new Refusal("invalid", "parent", `parent: ${quote(parent)} does not contain ${cidr}`);
  }
  return parent;
}

function liesIn(address: string, cidr: string): boolean {
  const one = ipaddr.parse(address);
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  return one.kind() === network.kind() && one.match(network, prefix);
}
