/** What only one resource should have, and another has too. */
import type { RegisterCompute } from "./compute_schema.ts";
import type { Finding } from "./finding.ts";
import { evidenceKeys } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { addressKeys, positionKey } from "./inventory_index.ts";
import { quote, Refusal, type RefusalCode } from "./refusal.ts";

/** What a declared clash is refused as. An address may be on several hosts (anycast, VRRP, another site's private one). */
const REFUSED: Partial<Record<Finding["code"], RefusalCode>> = {
  shared_hostname: "hostname_taken",
  shared_mac_address: "mac_address_taken",
  shared_position: "position_taken",
};

/**
 * Other resources that have the same host name, the same place in a rack, an address of hardware, or a MAC address
 * that its maker gave out only once. What is seen twice is a finding; what is declared twice is refused.
 *
 * @param id of the resource itself, if it is known
 * @throws {Refusal} `hostname_taken`, `mac_address_taken` or `position_taken`
 */
export function clashesOf(
  inventory: InventoryView,
  id: string | undefined,
  given: RegisterCompute,
  source: "observed" | "declared",
): Finding[] {
  const found: Finding[] = [];
  const check = (key: string, code: Finding["code"], field: string, what: string) => {
    for (const other of inventory.idsWith(key)) {
      if (other === id) continue;
      const message = `${field}: ${what} of ${other}`;
      const refused = REFUSED[code];
      if (source === "declared" && refused) throw new Refusal(refused, field, message);
      found.push({ code, field, message });
    }
  };
  const name = `${quote(given.hostname)} is also the name`;
  check(`hostname:${given.hostname}`, "shared_hostname", "hostname", name);
  for (const key of positionKey(given.location) ?? []) {
    check(key, "shared_position", "location/position", "it is also the place");
  }
  for (const key of evidenceKeys(given).filter((one) => one.startsWith("mac:"))) {
    const what = `${key.slice("mac:".length)} is also a MAC address`;
    check(key, "shared_mac_address", "interfaces", what);
  }
  for (const key of new Set(addressKeys(given.interfaces))) {
    const what = `${key.slice("address:".length)} is also an address`;
    check(key, "shared_address", "interfaces", what);
  }
  return found;
}
