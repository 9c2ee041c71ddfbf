/** What is installed and what runs: ConfigureSoftware → SoftwareConfigured; RemoveSoftware → SoftwareRemoved. */
import Type from "typebox";
import type { Command } from "./command.ts";
import { type Decision, removalDecision, stateDecision } from "./decision.ts";
import { aggregateIdOf } from "./aggregate_id.ts";
import { resolveCompute } from "./identity.ts";
import { finding } from "./finding.ts";
import type { InventoryView } from "./inventory.ts";
import { quote } from "./refusal.ts";
import { byCodeUnit, ipAddress, Key, Name, Port, Text, Transport } from "./values.ts";

const closed = { additionalProperties: false };

/** An address a program accepts connections at; `0.0.0.0` and `::` are all of them. */
export const Listening = Type.Object({
  transport: Transport,
  address: Type.String(),
  port: Port,
}, closed);

/** The program of sockets that nobody was seen to hold; no executable has such a name. */
export const UNKNOWN_PROGRAM = "(unknown)";

/** What software is told from other software by. */
const key = {
  compute: Name,
  name: Name,
  kind: Type.Enum(["package", "service", "process"]),
  source: Type.Optional(Name),
};
const facts = {
  ...key,
  version: Type.Optional(Name),
  listening: Type.Optional(Type.Array(Listening)),
  configuration: Type.Optional(Type.Record(Key, Text, closed)),
};

/**
 * The data of ConfigureSoftware: a package, a service or a running program of one resource. `source` says who manages
 * it (dpkg, rpm, apk, npm, pip, systemd …) and is part of what tells it from others of the same name.
 */
export const ConfigureSoftware = Type.Object(facts, closed);
/** {@linkcode ConfigureSoftware} as a type. */
export type ConfigureSoftware = Type.Static<typeof ConfigureSoftware>;

/** The data of RemoveSoftware. */
export const RemoveSoftware = Type.Object({ ...key, reason: Type.Optional(Text) }, closed);
/** {@linkcode RemoveSoftware} as a type. */
export type RemoveSoftware = Type.Static<typeof RemoveSoftware>;

/** The data of SoftwareConfigured; `compute` is an aggregate id. */
export const SoftwareState = ConfigureSoftware;
/** {@linkcode SoftwareState} as a type. */
export type SoftwareState = ConfigureSoftware;

/** The data of SoftwareRemoved: its last state, and why it is gone. */
export const SoftwareLast = Type.Object({ ...facts, reason: Type.Optional(Text) }, closed);

/**
 * Decides ConfigureSoftware. Software is told from others by its resource, kind, source and name. What is left out
 * stays as it was.
 */
export function configureSoftware(
  inventory: InventoryView,
  { data }: Command<"ConfigureSoftware">,
): Decision {
  const { id, compute } = identify(inventory, data);
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

/** Decides RemoveSoftware. */
export function removeSoftware(
  inventory: InventoryView,
  { data }: Command<"RemoveSoftware">,
): Decision {
  const { id } = identify(inventory, data);
  return removalDecision(inventory, "software", "SoftwareRemoved", id, data.reason, () => {
    const of = data.source === undefined ? "" : ` of ${quote(data.source)}`;
    const what = `${data.kind} ${quote(data.name)}${of}`;
    return finding("not_there", "name", `${quote(data.compute)} has no ${what} to remove`);
  });
}

function identify(
  inventory: InventoryView,
  { compute: reference, kind, source, name }: RemoveSoftware,
): { id: string; compute: string } {
  const compute = resolveCompute(inventory, reference, "compute");
  return { id: aggregateIdOf("software", compute, kind, source, name), compute };
}
