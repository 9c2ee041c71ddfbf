/**
 * What is in the graph. Every node has the label `Cim`, the property `graph` that says whose it is, and an `id` that no
 * other node of that graph has; what else lies in the database is neither read nor changed.
 *
 * | node | `id` | properties |
 * | --- | --- | --- |
 * | `ComputeResource` | the resource's | `hostname`, `resource_type`, `status`, `status_reason`, `manufacturer`, `model`, `architecture`, `cpu_model`, `cpu_cores`, `memory_bytes`, `storage_bytes`, `os_name`, `os_version`, `os_kernel`, `virtualization_machine`, `virtualization_container`, `serial`, `dmi_uuid`, `cloud_instance_id`, `container_id`, `machine_id`, `site`, `room`, `rack`, `position`, `owner`, `tags` (`name=value`), `prefixes` (of its addresses, and where it has routes to), `state` (all that is known of it, as JSON) |
 * | `Interface` | `RESOURCE/NAME` | `compute_id`, `name`, `kind`, `mac_address`, `mtu`, `speed_bps`, `vlan_id`, `addresses` (`10.0.0.7/24`) |
 * | `Network` | the network's | `name`, `cidr`, `kind`, `vlan_id`, `vrf`, `parent`, `gateway`, `scope_compute_id` (of networks that are one host's) |
 * | `Software` | the software's | `compute_id`, `name`, `kind`, `version`, `source`, `listening` (`tcp 0.0.0.0 80`), `configuration` (JSON) |
 * | `Policy` | the policy's | `name`, `description`, `severity`, `selector`, `rule`, `alert_after`, `not_judged` (why it has no `ENFORCES`) |
 * | `Address` | `address:10.0.0.9` | `address`, of whatever is not known to be a resource |
 * | `Prefix` | `prefix:0.0.0.0/0` | `cidr`, where a route leads to and no network is known |
 *
 * All but `Interface`, `Address` and `Prefix` have `sequence`, the event that brought this state, `first_seen_at` and
 * `changed_at`, RFC 3339 with microseconds by the clock of who saw it, as the SQL tables have them; connections have them
 * as well. Whole numbers are integers; what is not known is not there. A node with no label but `Cim` is a resource of
 * which only others tell, because its own events are parked. One with `Decommissioned` is a resource that is no more; it
 * has no relationships, and keeps what is un-parked late from belonging to it.
 *
 * | relationship | from → to | properties |
 * | --- | --- | --- |
 * | `HAS_INTERFACE` | resource → interface | |
 * | `IN_NETWORK` | interface → network | `address`; where the network is that of the address with its prefix |
 * | `CONNECTED_TO` | resource → resource or address | `id`, `kind` (`cable`, `wireless`, `virtual`, `flow`, `neighbour`), `from_interface`, `to_interface`, `to_port`, `to_mac_address`, `transport`, `port`, `process`, `speed_bps`; a flow goes to whom it calls, the others have no direction |
 * | `ROUTES_TO` | resource → network or prefix | `id` (`RESOURCE/PLACE` in its table), `destination`, `via` (the gateway; none on the link), `interface`, `metric`; to each network of that prefix, where several are known |
 * | `HOSTED_ON` | guest → host | |
 * | `RUNS` | resource → software | |
 * | `ENFORCES` | policy → resource | to each that its selector picks |
 *
 * A network counts for a resource if it is no other host's. A selector is judged whenever the policy, the resource or
 * its software changes. One that reads connections, networks, measurements or the time would have to be judged when
 * nothing of the topology changes, and by what is not in the graph: it has no `ENFORCES`, and its policy says so in
 * `not_judged`; `cim compliance` judges it.
 *
 * Beside them lie a `CimCheckpoint` for each graph, and a `CimParked` for each event that is parked.
 *
 * @module
 */

/** Makes what keys are unique, and what is looked up. Community has no node keys; without these it is 100 times slower. */
export const SCHEMA: readonly string[] = [
  "CREATE CONSTRAINT cim_id IF NOT EXISTS FOR (n:Cim) REQUIRE (n.graph, n.id) IS UNIQUE",
  "CREATE CONSTRAINT cim_checkpoint IF NOT EXISTS FOR (n:CimCheckpoint) REQUIRE n.graph IS UNIQUE",
  `CREATE CONSTRAINT cim_parked IF NOT EXISTS FOR (n:CimParked)
   REQUIRE (n.graph, n.sequence) IS UNIQUE`,
  `CREATE CONSTRAINT cim_connection IF NOT EXISTS FOR ()-[r:CONNECTED_TO]-()
   REQUIRE (r.graph, r.id) IS UNIQUE`,
  "CREATE INDEX cim_hostname IF NOT EXISTS FOR (n:ComputeResource) ON (n.hostname)",
  "CREATE INDEX cim_resource IF NOT EXISTS FOR (n:ComputeResource) ON (n.graph, n.id)",
  "CREATE INDEX cim_cidr IF NOT EXISTS FOR (n:Network) ON (n.graph, n.cidr)",
  "CREATE INDEX cim_scope IF NOT EXISTS FOR (n:Network) ON (n.graph, n.scope_compute_id)",
  "CREATE INDEX cim_policy IF NOT EXISTS FOR (n:Policy) ON (n.graph, n.id)",
  "CREATE INDEX cim_software IF NOT EXISTS FOR (n:Software) ON (n.name)",
  "CREATE INDEX cim_mac_address IF NOT EXISTS FOR (n:Interface) ON (n.mac_address)",
];
