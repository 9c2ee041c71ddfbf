/** What kind of resource a device or virtual machine is, and where it is in its life. */
import type { ComputeState, RegisterCompute } from "../../domain/compute_schema.ts";
import { choice, type Nested, nested, text } from "./content.ts";

type ResourceType = RegisterCompute["resource_type"];

/** Words in the names of roles, as people give them; the first that fits counts: a console server serves no one else. */
const ROLES: readonly [ResourceType, RegExp][] = [
  ["unknown", /\b(console|kvm|patch|pdus?|ups)\b/],
  ["firewall", /\b(firewalls?|fw|utm|ngfw)\b/],
  ["load_balancer", /\b(load balanc\w+|loadbalanc\w+|lb|slb|adc)\b/],
  ["switch", /\b(switch(es)?|sw|tor|leaf|spine|leaves|spines)\b/],
  ["router", /\b(routers?|rtr|bgp)\b/],
  ["storage", /\b(storage|san|nas|filers?|jbod|disk shelf)\b/],
  ["iot_device", /\b(iot|sensors?|cameras?)\b/],
  ["physical_server", /\b(servers?|srv|hypervisors?|hosts?|compute|nodes?|blades?)\b/],
];

/** What runs containers, by the name of a cluster's type. In one called Kubernetes people keep its nodes. */
const CONTAINERS = /\b(docker|podman|lxc|containers?)\b/;

/** The type of a device: what its role's name says. */
export function deviceType(row: Nested): ResourceType {
  const name = wordsOf(nested(row, "role"));
  return ROLES.find(([, words]) => words.test(name))?.[0] ?? "unknown";
}

/** The type of a virtual machine: a container where its role or its cluster's type says so. */
export function machineType(row: Nested, clusterType: Nested | undefined): ResourceType {
  const isContainer = CONTAINERS.test(wordsOf(nested(row, "role"))) ||
    CONTAINERS.test(wordsOf(clusterType));
  return isContainer ? "container" : "virtual_machine";
}

/** NetBox's states; what is planned or in stock is not there yet, and what is off is worked on. */
const STATUS: Readonly<Record<string, ComputeState["status"]>> = {
  planned: "provisioning",
  staged: "provisioning",
  inventory: "provisioning",
  active: "active",
  offline: "maintenance",
  failed: "maintenance",
  paused: "maintenance",
  decommissioning: "decommissioned",
};

/** Where it is in its life; a state that people have added says nothing of it. */
export function statusOf(row: Nested): ComputeState["status"] | undefined {
  const status = choice(row, "status");
  return status !== undefined && Object.hasOwn(STATUS, status) ? STATUS[status] : undefined;
}

function wordsOf(named: Nested | undefined): string {
  const words = `${text(named, "name") ?? ""} ${text(named, "slug") ?? ""}`;
  return words.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ");
}
