/** What there should be in NetBox: the log's inventory in NetBox's words. Pure. */
import type { Inventory } from "../../../domain/inventory.ts";
import { addAddresses } from "./addresses.ts";
import { addCables } from "./cables.ts";
import { Clusters } from "./clusters.ts";
import { Estate } from "./estate.ts";
import { addInterfaces } from "./interfaces.ts";
import { addMachines } from "./machines.ts";
import { Networks } from "./networks.ts";
import { DesiredObjects } from "./objects.ts";
import { Places } from "./places.ts";
import { addServices } from "./services.ts";
import { Types } from "./types.ts";
import { Vlans } from "./vlans.ts";
import type { DesiredState } from "../objects.ts";

/**
 * The desired state. The same inventory gives the same state, whatever the way that led to it; no clock, no locale.
 *
 * | the log | NetBox |
 * | --- | --- |
 * | `location` of what is no guest: site, room, rack, position | site, location, rack, position and face `front`; what says no site is in the site Unplaced. A rack is higher than 42 units only where a position says so |
 * | `manufacturer`, `model` | manufacturer, device type; where they are not known Unknown, Unknown server, Unknown switch … No height is said, so that NetBox has one unit |
 * | `resource_type` | device role: Server, Switch …, Virtual machine, Container |
 * | `operating_system` name and version | platform |
 * | a resource that is no guest | device, with status, serial number, place |
 * | a virtual machine, a container, whatever runs on a `host` | virtual machine, with status, vcpus, memory (units of 2^20 bytes), disk (10^6 bytes), in a cluster: of its host and engine (`server-01 KVM`, `web-01 Docker`), or of its site where no host is known; one that was imported without a cluster, in none. A device is in the cluster of its virtual machines, or else of its containers |
 * | status `provisioning`, `active`, `maintenance`, `decommissioned` | `planned`, `active`, `offline`, `decommissioning` |
 * | interface | interface: by kind and speed `1000base-t`, `10gbase-x-sfpp` …, `other-wireless`, `bridge`, `lag`, `virtual`, `other`; MTU, speed, VLAN; a VLAN's link `eth0.7` has `eth0` as its parent. Not loopbacks and veths without an address |
 * | MAC address | MAC address, the primary one of its interface |
 * | address | IP address, in the VRF of its network. Primary is that of the default route of least metric, else a public one, else the first by interface and address; of a network of the host alone only where there is no other |
 * | network | prefix, with VRF, VLAN, and its site if all members are in one; a network of one host (docker0) is in a VRF of its own |
 * | `vlan_id` | VLAN of the site |
 * | software that listens | service, one for each name and transport; not on loopback only. Where discovery could not see whose a port is: one for the port, `tcp/2024` |
 * | connection `cable` | cable between interfaces of devices; an interface that only the cable tells of is made for it |
 * | tags `netbox_name`, `netbox_role`, `netbox_cluster` of what was imported from a NetBox | its name, role and cluster, as people call them there |
 *
 * Types of ports and descriptions of prefixes are only assumed: what people have there stands, and is no conflict.
 * Loopback and link-local addresses, packages, flows, neighbours, policies, concepts, owners and other tags have no place in
 * NetBox: there they would be people's words (descriptions, comments, tenants, tags are theirs). Names that identify are never
 * cut: what has one that NetBox does not take is a finding, and is left out with all that depends on it, as is a second
 * resource of a name that is there once. Names of the catalogue, clusters, VLANs and descriptions are cut with "…". What has the same slug is the same.
 *
 * Cost: O(n log n) in aggregates, interfaces and addresses.
 *
 * @param inventory of all events up to a place of the log
 */
export function desiredState(inventory: Inventory): DesiredState {
  const objects = new DesiredObjects();
  const estate = new Estate(inventory);
  const places = new Places(estate, objects);
  const types = new Types(estate, objects);
  const clusters = new Clusters(estate, places, objects);
  const networks = new Networks(estate, places, objects);
  const vlans = new Vlans(estate, networks, places, objects);
  addMachines(estate, { places, types, clusters }, objects);
  addInterfaces(estate, vlans, objects);
  networks.addPrefixes((network) => vlans.ofNetwork(network));
  addAddresses(estate, networks, objects);
  addServices(estate, objects);
  addCables(estate, objects);
  return objects.state(inventory.sequence);
}
