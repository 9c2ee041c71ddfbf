/** What is installed and what runs: ConfigureSoftware → SoftwareConfigured. */
import Type from "typebox";
import type { Command } from "./command.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { aggregateIdOf, resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { byCodeUnit, ipAddress, Name, Port, Text, Transport } from "./values.ts";

const closed = { additionalProperties: false };

/** An address a program accepts connections at; `0.0.0.0` and `::` are all of them. */
export const Listening = Type.Object({
  transport: Transport,
  address: Type.String(),
  port: Port,
}, closed);

/**
 * The data of ConfigureSoftware: a package, a service or a running program of one resource. `source` says who manages
 * it (dpkg, rpm, apk, npm, pip, systemd …) and is part of what tells it from others of the same name.
 */
export const ConfigureSoftware = Type.Object({
  compute: Name,
  name: Name,
  version: Type.Optional(Name),
  kind: Type.Enum(["package", "service", "process"]),
  source: Type.Optional(Name),
  listening: Type.Optional(Type.Array(Listening)),
  configuration: Type.Optional(Type.Record(Name, Text)),
}, closed);
/** {@linkcode ConfigureSoftware} as a type. */
export type ConfigureSoftware = Type.Static<typeof ConfigureSoftware>;

/** The data of SoftwareConfigured; `compute` is an aggregate id. */
export const SoftwareState = ConfigureSoftware;
/** {@linkcode SoftwareState} as a type. */
export type SoftwareState = ConfigureSoftware;

/**
 * Decides ConfigureSoftware. Software is told from others by its resource, kind, source and name. What is left out
 * stays as it was.
 */
export function configureSoftware(
  inventory: InventoryView,
  { data }: Command<"ConfigureSoftware">,
): Decision {
  const compute = resolveCompute(inventory, data.compute, "compute");
  const id = aggregateIdOf("software", compute, data.kind, data.source, data.name);
  const known = inventory.get("software", id)?.state;
  const state: SoftwareState = { ...known, ...data, compute };
  if (data.listening) {
    state.listening = data.listening
      .map((at, index) => ({ ...at, address: ipAddress(at.address, `listening/${index}/address`) }))
      .sort((a, b) =>
        byCodeUnit(a.transport, b.transport) || a.port - b.port || byCodeUnit(a.address, b.address)
      );
  }
  return stateDecision(inventory, "software", {
    event_type: "SoftwareConfigured",
    aggregate_id: id,
    data: state,
  });
}
