/** The shapes of EstablishConnection and ConnectionEstablished. */
import Type from "typebox";
import { Amount, Name, Port, Transport } from "./values.ts";

const closed = { additionalProperties: false };

/** An end that is a resource we know: an aggregate id or a registered hostname, and one of its interfaces. */
export const ComputeEnd = Type.Object({ compute: Name, interface: Type.Optional(Name) }, closed);
/** An end that is only an address. */
export const AddressEnd = Type.Object(
  { address: Type.String(), port: Type.Optional(Port) },
  closed,
);

/**
 * The data of EstablishConnection. A `flow` is observed traffic: `from` is the side that opened it and `port` the one
 * that it called, so that many short connections of a client to a service are one flow.
 */
export const EstablishConnection = Type.Object({
  from: ComputeEnd,
  to: Type.Union([ComputeEnd, AddressEnd]),
  kind: Type.Enum(["cable", "wireless", "virtual", "flow"]),
  speed_bps: Type.Optional(Amount),
  transport: Type.Optional(Transport),
  port: Type.Optional(Port),
  process: Type.Optional(Name),
}, closed);
/** {@linkcode EstablishConnection} as a type. */
export type EstablishConnection = Type.Static<typeof EstablishConnection>;

/** The data of ConnectionEstablished; every `compute` is an aggregate id. */
export const ConnectionState = EstablishConnection;
/** {@linkcode ConnectionState} as a type. */
export type ConnectionState = EstablishConnection;
