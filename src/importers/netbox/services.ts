/** Services → software that listens. */
import type { Inventory } from "../../domain/inventory.ts";
import type { ConfigureSoftware } from "../../domain/software.ts";
import { choice, idIn, listed, type Nested, type NetBoxContent, text } from "./content.ts";
import { markOf } from "../../projections/netbox/row.ts";
import { type NetBoxCommand, type NetBoxLeftOut, type NetBoxPlace, OWN, placeOf } from "./told.ts";

const PARENTS: Readonly<Record<string, string>> = {
  "dcim.device": "device",
  "virtualization.virtualmachine": "virtual_machine",
};

/**
 * A service for each name on a machine, which listens on all ports that NetBox has under that name, at its addresses or at
 * any.
 *
 * @param referenceOf how commands name a machine, by its key
 */
export function serviceCommands(
  { service: rows }: Pick<NetBoxContent, "service">,
  referenceOf: (key: string) => string | undefined,
  inventory: Inventory,
  passedOver: NetBoxLeftOut[],
): NetBoxCommand[] {
  const services = new Map<string, { at: NetBoxPlace; data: ConfigureSoftware }>();
  for (const row of rows) {
    const at = placeOf("service", row);
    const leaveOut = (why: string) => passedOver.push({ at, why });
    const [name, protocol] = [text(row, "name"), choice(row, "protocol")];
    const compute = referenceOf(parentOf(row) ?? "");
    const { isOurs, key } = markOf(row);
    if (isOurs && inventory.find(key!.replace(/\/.*/, "")) !== undefined) leaveOut(OWN);
    else if (name === undefined || compute === undefined) {
      leaveOut("it is at nothing that is imported");
    } else if (protocol !== "tcp" && protocol !== "udp") leaveOut(`it speaks ${protocol}`);
    else {
      const place = JSON.stringify([compute, name]);
      const known = services.get(place) ??
        { at, data: { compute, name, kind: "service" as const, listening: [] } };
      services.set(place, known);
      known.data.listening!.push(...listeningOf(row, protocol));
    }
  }
  return [...services.values()].map((one) => ({ command: "ConfigureSoftware", ...one }));
}

function listeningOf(row: Nested, transport: "tcp" | "udp") {
  const addresses = listed(row, "ipaddresses")
    .map((one) => text(one, "address")?.replace(/\/.*/, "")).filter((one) => one !== undefined);
  const ports = Array.isArray(row["ports"]) ? row["ports"] : [];
  return ports.filter((port): port is number => Number.isInteger(port) && port > 0 && port < 65_536)
    .flatMap((port) =>
      (addresses.length > 0 ? addresses : ["0.0.0.0"]).map((address) => ({
        transport,
        address,
        port,
      }))
    );
}

function parentOf(row: Nested): string | undefined {
  const kind = PARENTS[text(row, "parent_object_type") ?? ""];
  if (kind !== undefined) return `${kind} ${row["parent_object_id"]}`;
  return Object.values(PARENTS).map((one) => {
    const id = idIn(row, one);
    return id === undefined ? undefined : `${one} ${id}`;
  }).find((one) => one !== undefined);
}
