/** What is known of a compute resource: the shapes of RegisterCompute, RecordMeasurements and their events. */
import Type from "typebox";
import { Amount, Mtu, Name, Timestamp, VlanId } from "./values.ts";

const closed = { additionalProperties: false };

/** What kind of thing a resource is. */
export const ResourceType = Type.Enum([
  "physical_server",
  "virtual_machine",
  "container",
  "switch",
  "router",
  "firewall",
  "load_balancer",
  "storage",
  "iot_device",
  "unknown",
]);

/** Where a resource is in its life. `decommissioned` is the end. */
export const ComputeStatus = Type.Enum(["provisioning", "active", "maintenance", "decommissioned"]);

/** What tells this machine from all others, strongest first: serial with DMI UUID, cloud id, container id, machine id. */
export const Evidence = Type.Object({
  serial: Type.Optional(Name),
  dmi_uuid: Type.Optional(Name),
  cloud_instance_id: Type.Optional(Name),
  container_id: Type.Optional(Name),
  machine_id: Type.Optional(Name),
}, closed);

/** What an interface is made of. Only `ethernet` and `wireless` are hardware. */
export const InterfaceKind = Type.Enum([
  "ethernet",
  "wireless",
  "loopback",
  "bridge",
  "bond",
  "vlan",
  "veth",
  "tunnel",
  "virtual",
]);

/** A network interface; `addresses` carry their prefix: `10.0.0.7/24`. Speed in bits per second. */
export const Interface = Type.Object({
  name: Name,
  kind: Type.Optional(InterfaceKind),
  mac_address: Type.Optional(Type.String()),
  mtu: Type.Optional(Mtu),
  speed_bps: Type.Optional(Amount),
  vlan_id: Type.Optional(VlanId),
  addresses: Type.Array(Type.String()),
}, closed);

/** A line of the routing table; without a gateway the destination is on the link. */
export const Route = Type.Object({
  destination: Type.String(),
  gateway: Type.Optional(Type.String()),
  interface: Name,
  metric: Type.Optional(Amount),
}, closed);

const facts = {
  hostname: Type.String(),
  resource_type: ResourceType,
  evidence: Type.Optional(Evidence),
  manufacturer: Type.Optional(Name),
  model: Type.Optional(Name),
  architecture: Type.Optional(Name),
  cpu_model: Type.Optional(Name),
  cpu_cores: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  memory_bytes: Type.Optional(Amount),
  storage_bytes: Type.Optional(Amount),
  operating_system: Type.Optional(Type.Object({
    name: Name,
    version: Type.Optional(Name),
    kernel: Type.Optional(Name),
  }, closed)),
  virtualization: Type.Optional(Type.Object({
    machine: Type.Optional(Name),
    container: Type.Optional(Name),
  }, closed)),
  interfaces: Type.Array(Interface),
  routes: Type.Optional(Type.Array(Route)),
  host: Type.Optional(Name),
  location: Type.Optional(Type.Object({
    site: Name,
    rack: Type.Optional(Name),
    position: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }, closed)),
  owner: Type.Optional(Name),
  tags: Type.Optional(Type.Record(Name, Type.String({ maxLength: 1024 }))),
};

/**
 * The data of RegisterCompute. `cpu_cores` are logical; `memory_bytes` and `storage_bytes` are what is installed;
 * `virtualization` names both layers, the machine's (kvm, vmware …) and the container's (docker, lxc …); `host` is the
 * compute that a container or virtual machine runs on: an aggregate id or a registered hostname.
 */
export const RegisterCompute = Type.Object(facts, closed);
/** {@linkcode RegisterCompute} as a type. */
export type RegisterCompute = Type.Static<typeof RegisterCompute>;

/** The data of ComputeRegistered and ComputeUpdated: everything known of the resource, in canonical form. */
export const ComputeState = Type.Object({ ...facts, status: ComputeStatus }, closed);
/** {@linkcode ComputeState} as a type. */
export type ComputeState = Type.Static<typeof ComputeState>;

/** The units measurements come in: OpenTelemetry's (UCUM). */
export const Unit = Type.Enum([
  "1",
  "s",
  "By",
  "By/s",
  "bit/s",
  "Hz",
  "Cel",
  "W",
  "{cpu}",
  "{process}",
  "{thread}",
  "{connection}",
  "{packet}",
  "{error}",
  "{operation}",
  "{file_descriptor}",
]);

/** One measured value under its OpenTelemetry name, with the attributes that tell it from its siblings. */
export const Point = Type.Object({
  name: Type.String({ pattern: "^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$", maxLength: 255 }),
  unit: Unit,
  attributes: Type.Optional(Type.Record(Name, Type.String({ maxLength: 1024 }))),
  value: Type.Number(),
}, closed);

/**
 * The data of RecordMeasurements. `compute` is an aggregate id or a registered hostname; rates and utilizations are
 * over the `window_seconds` that end at `observed_at`.
 */
export const RecordMeasurements = Type.Object({
  compute: Name,
  observed_at: Timestamp,
  window_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  points: Type.Array(Point, { minItems: 1 }),
}, closed);
/** {@linkcode RecordMeasurements} as a type. */
export type RecordMeasurements = Type.Static<typeof RecordMeasurements>;
