/** The shapes of ConfigureSoftware and SoftwareConfigured. */
import Type from "typebox";
import { Name, Port, Text, Transport } from "./values.ts";

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
