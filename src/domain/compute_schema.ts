/** What is known of a compute resource: the shapes of the commands about it, and of its state. */
import Type, { type TSchema } from "typebox";
import { Findings } from "./finding.ts";
import { Amount, Key, Mtu, Name, Text, VlanId } from "./values.ts";

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

const Cores = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const RackUnit = Type.Integer({ minimum: 1, maximum: 100 });
const TagValue = Type.String({ maxLength: 1024 });

const facts = {
  hostname: Type.String(),
  resource_type: ResourceType,
  evidence: Type.Optional(Evidence),
  manufacturer: Type.Optional(Name),
  model: Type.Optional(Name),
  architecture: Type.Optional(Name),
  cpu_model: Type.Optional(Name),
  cpu_cores: Type.Optional(Cores),
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
    room: Type.Optional(Name),
    rack: Type.Optional(Name),
    position: Type.Optional(RackUnit),
  }, closed)),
  owner: Type.Optional(Name),
  tags: Type.Optional(Type.Record(Key, TagValue, closed)),
};

/**
 * The data of RegisterCompute. `cpu_cores` are logical; `memory_bytes` and `storage_bytes` are what is installed;
 * `virtualization` names both layers, the machine's (kvm, vmware …) and the container's (docker, lxc …); `host` is the
 * compute that a container or virtual machine runs on: an aggregate id or a registered hostname. `location` says the
 * site, the room in it, the rack, and the lowest unit that is taken there, counted from 1 at the bottom.
 */
export const RegisterCompute = Type.Object(facts, closed);
/** {@linkcode RegisterCompute} as a type. */
export type RegisterCompute = Type.Static<typeof RegisterCompute>;

/** A field of which absent means unchanged, and null means removed. */
function patch<T extends TSchema>(type: T) {
  return Type.Optional(Type.Union([type, Type.Null()]));
}

/**
 * The data of UpdateCompute: a JSON Merge Patch (RFC 7396) of what is known. Absent means unchanged, null means
 * removed, objects are merged field by field, and lists are replaced.
 */
export const UpdateCompute = Type.Object({
  compute: Name,
  hostname: Type.Optional(Type.String()),
  resource_type: Type.Optional(ResourceType),
  evidence: patch(Type.Object({
    serial: patch(Name),
    dmi_uuid: patch(Name),
    cloud_instance_id: patch(Name),
    container_id: patch(Name),
    machine_id: patch(Name),
  }, closed)),
  manufacturer: patch(Name),
  model: patch(Name),
  architecture: patch(Name),
  cpu_model: patch(Name),
  cpu_cores: patch(Cores),
  memory_bytes: patch(Amount),
  storage_bytes: patch(Amount),
  operating_system: patch(Type.Object({
    name: Type.Optional(Name),
    version: patch(Name),
    kernel: patch(Name),
  }, closed)),
  virtualization: patch(Type.Object({
    machine: patch(Name),
    container: patch(Name),
  }, closed)),
  interfaces: Type.Optional(Type.Array(Interface)),
  routes: patch(Type.Array(Route)),
  host: patch(Name),
  location: patch(Type.Object({
    site: Type.Optional(Name),
    room: patch(Name),
    rack: patch(Name),
    position: patch(RackUnit),
  }, closed)),
  owner: patch(Name),
  tags: patch(Type.Record(Key, Type.Union([TagValue, Type.Null()]), closed)),
}, closed);
/** {@linkcode UpdateCompute} as a type. */
export type UpdateCompute = Type.Static<typeof UpdateCompute>;

/** The data of ChangeComputeStatus. */
export const ChangeComputeStatus = Type.Object({
  compute: Name,
  status: Type.Enum(["provisioning", "active", "maintenance"]),
  reason: Type.Optional(Text),
}, closed);
/** {@linkcode ChangeComputeStatus} as a type. */
export type ChangeComputeStatus = Type.Static<typeof ChangeComputeStatus>;

/** The data of DecommissionCompute. */
export const DecommissionCompute = Type.Object({
  compute: Name,
  reason: Type.Optional(Text),
}, closed);
/** {@linkcode DecommissionCompute} as a type. */
export type DecommissionCompute = Type.Static<typeof DecommissionCompute>;

/** The data of all events of a resource but its measurements: everything known of it, in canonical form. */
export const ComputeState = Type.Object({
  ...facts,
  status: ComputeStatus,
  /** Why it is in this status, where somebody said so. */
  status_reason: Type.Optional(Text),
  findings: Findings,
}, closed);
/** {@linkcode ComputeState} as a type. */
export type ComputeState = Type.Static<typeof ComputeState>;
