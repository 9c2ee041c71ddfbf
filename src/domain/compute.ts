/** Compute resources: RegisterCompute → ComputeRegistered or ComputeUpdated; RecordMeasurements. */
import type { Command } from "./command.ts";
import type { ComputeState, RegisterCompute } from "./compute_schema.ts";
import { type Decision, type Finding, stateDecision } from "./decision.ts";
import { aggregateIdOf, evidenceKeys, recognise, resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import {
  byCodeUnit,
  hostname,
  interfaceAddress,
  ipAddress,
  macAddress,
  networkCidr,
} from "./values.ts";

/**
 * Decides RegisterCompute. For a resource that is known it is an update: what is absent stays as it was, lists are
 * replaced, evidence is added to. Observed, it is active at once; declared, it is provisioning.
 */
export function registerCompute(
  inventory: InventoryView,
  { data, source }: Command<"RegisterCompute">,
): Decision {
  const given = canonical(data);
  const { id, findings } = recognise(inventory, given);
  const known = id === undefined ? undefined : inventory.get("compute", id)!.state;
  const clashes = clashesOf(inventory, id, given);
  if (source === "declared" && clashes[0]) {
    throw new Refusal("hostname_taken", clashes[0].field, clashes[0].message);
  }
  findings.push(...clashes);
  if (id === undefined || !known) {
    const state: ComputeState = {
      ...given,
      status: source === "observed" ? "active" : "provisioning",
    };
    const newId = freeId(inventory, given);
    return {
      aggregate_id: newId,
      facts: [{ event_type: "ComputeRegistered", aggregate_id: newId, data: state }],
      findings,
    };
  }
  const state: ComputeState = { ...known, ...given, status: known.status };
  if (given.evidence) state.evidence = { ...known.evidence, ...given.evidence };
  return stateDecision(
    inventory,
    "compute",
    { event_type: "ComputeUpdated", aggregate_id: id, data: state },
    findings,
  );
}

/** Decides RecordMeasurements. Each is a fact of its own, even with the same values as the last. */
export function recordMeasurements(
  inventory: InventoryView,
  { data }: Command<"RecordMeasurements">,
): Decision {
  const compute = resolveCompute(inventory, data.compute, "compute");
  return {
    aggregate_id: compute,
    facts: [{
      event_type: "MeasurementsRecorded",
      aggregate_id: compute,
      data: { ...data, compute },
    }],
    findings: [],
  };
}

/** The description in its one canonical form, so that the same machine always gives the same data. */
function canonical(data: RegisterCompute): RegisterCompute {
  const result: RegisterCompute = { ...data, hostname: hostname(data.hostname, "hostname") };
  result.interfaces = data.interfaces.map((one, index) => {
    const field = `interfaces/${index}`;
    const addresses = one.addresses.map((address, at) =>
      interfaceAddress(address, `${field}/addresses/${at}`)
    );
    const mac = one.mac_address;
    return {
      ...one,
      ...(mac === undefined ? {} : { mac_address: macAddress(mac, `${field}/mac_address`) }),
      addresses: [...new Set(addresses)].sort(byCodeUnit),
    };
  }).sort((a, b) => byCodeUnit(a.name, b.name));
  const twice = result.interfaces.find((one, index, all) => all[index - 1]?.name === one.name);
  if (twice) {
    throw new Refusal("invalid", "interfaces", `interfaces: ${quote(twice.name)} is there twice`);
  }
  if (data.routes) {
    result.routes = data.routes.map((route, index) => ({
      ...route,
      destination: networkCidr(route.destination, `routes/${index}/destination`),
      ...(route.gateway === undefined
        ? {}
        : { gateway: ipAddress(route.gateway, `routes/${index}/gateway`) }),
    })).sort((a, b) => byCodeUnit(JSON.stringify(a), JSON.stringify(b)));
  }
  return result;
}

/** Other resources that have the same host name, or a MAC address that its maker gave out only once. */
function clashesOf(
  inventory: InventoryView,
  id: string | undefined,
  given: RegisterCompute,
): Finding[] {
  const found: Finding[] = [];
  for (const other of inventory.computesBy(`hostname:${given.hostname}`)) {
    if (other === id) continue;
    found.push({
      code: "shared_hostname",
      field: "hostname",
      message: `hostname: ${quote(given.hostname)} is also the name of ${other}`,
    });
  }
  for (const key of evidenceKeys(given).filter((one) => one.startsWith("mac:"))) {
    for (const other of inventory.computesBy(key)) {
      if (other === id) continue;
      found.push({
        code: "shared_mac_address",
        field: "interfaces",
        message: `interfaces: ${key.slice(4)} is also a MAC address of ${other}`,
      });
    }
  }
  return found;
}

/** An id from the strongest evidence; counted on where a machine that has since changed took it first. */
function freeId(inventory: InventoryView, given: RegisterCompute): string {
  const [strongest = `hostname:${given.hostname}`] = evidenceKeys(given);
  for (let count = 1;; count++) {
    const id = aggregateIdOf("compute", strongest, count === 1 ? undefined : count);
    if (inventory.version(id) === 0) return id;
  }
}
