/** What only one resource should have, and another has too. */
import type { RegisterCompute } from "./compute_schema.ts";
import { type Finding, finding, MOST_FINDINGS } from "./finding.ts";
import { evidenceKeys } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { addressKeys, takenPositionKeys } from "./inventory_index.ts";
import { quote, Refusal, type RefusalCode } from "./refusal.ts";

/** What a declared clash is refused as. An address may be on several hosts (anycast, VRRP, another site's private one). */
const REFUSED: Partial<Record<Finding["code"], RefusalCode>> = {
  shared_hostname: "hostname_taken",
  shared_mac_address: "mac_address_taken",
  shared_position: "position_taken",
};

/**
 * Other resources that have the same host name, the same place in a rack, an address of hardware, or a MAC address
 * that its maker gave out only once. What is seen twice is a finding; what is declared twice is refused. Containers of
 * one name are on many hosts, and are told apart by these.
 *
 * Cost: O(resources that share a key) for each key; at most 20 findings.
 *
 * @param id of the resource itself, if it is known
 * @param state of the resource, as it will be
 * @throws {Refusal} `hostname_taken`, `mac_address_taken` or `position_taken`
 */
export function clashesOf(
  inventory: InventoryView,
  id: string | undefined,
  state: RegisterCompute,
  source: "observed" | "declared",
): Finding[] {
  const found: Finding[] = [];
  const check = (key: string, code: Finding["code"], field: string, what: string) => {
    if (found.length === MOST_FINDINGS) return;
    const other = inventory.otherWith(key, id);
    if (other === undefined) return;
    const { hostname } = inventory.get("compute", other.id)!.state;
    const message = `${field}: ${what} of ${hostname} (${other.id})` +
      `${other.more ? " and others" : ""}`;
    const refused = REFUSED[code];
    if (source === "declared" && refused) {
      const remedy = "say another one, or change that resource by UpdateCompute first";
      throw new Refusal(refused, field, `${message}; ${remedy}`);
    }
    found.push(finding(code, field, message));
  };
  if (state.resource_type !== "container") {
    const name = `${quote(state.hostname)} is also the name`;
    check(`hostname:${state.hostname}`, "shared_hostname", "hostname", name);
  }
  for (const key of takenPositionKeys(state.location)) {
    check(key, "shared_position", "location/position", "it is also the place");
  }
  for (const key of evidenceKeys(state).filter((one) => one.startsWith("mac:"))) {
    const what = `${key.slice("mac:".length)} is also a MAC address`;
    check(key, "shared_mac_address", "interfaces", what);
  }
  for (const key of new Set(addressKeys(state.interfaces))) {
    const what = `${key.slice("address:".length)} is also an address`;
    check(key, "shared_address", "interfaces", what);
  }
  return found;
}
