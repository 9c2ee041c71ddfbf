/** A NetBox as people keep it: nothing in it is ours, and some of it is nothing for an inventory. */
import type { NetBoxObject, NetBoxPlace } from "./netbox_place.ts";

/** What there is in it, by names that tests use. */
export type Foreign = Readonly<Record<string, NetBoxObject>>;

const onInterface = { assigned_object_type: "dcim.interface" };
const onGuest = { assigned_object_type: "virtualization.vminterface" };
const end = (type: string, { id }: NetBoxObject) => [{
  object_type: `dcim.${type}`,
  object_id: id,
}];

/** Two sites with servers of one name, a switch behind a patch panel, virtual machines, and what has no business with us. */
export async function fillForeign(place: NetBoxPlace): Promise<Foreign> {
  const make = (path: string, fields: NetBoxObject) => place.call("POST", `${path}/`, fields);
  const named = (path: string, name: string, slug: string, more: NetBoxObject = {}) =>
    make(path, { name, slug, ...more });
  const fra = await named("dcim/sites", "Frankfurt 1", "fra1");
  const ber = await named("dcim/sites", "Berlin", "ber1");
  const room = await named("dcim/locations", "Room 1", "room-1", { site: fra.id });
  const rack = await make("dcim/racks", { name: "R1", site: fra.id, location: room.id });
  const dell = await named("dcim/manufacturers", "Dell", "dell");
  const [r740, panelType] = [
    await make("dcim/device-types", { manufacturer: dell.id, model: "R740", slug: "r740" }),
    await make("dcim/device-types", {
      manufacturer: dell.id,
      model: "Panel",
      slug: "panel",
      u_height: 0,
    }),
  ];
  const app = await named("dcim/device-roles", "Application Server", "app", { vm_role: true });
  const core = await named("dcim/device-roles", "Core Switch", "core-switch");
  const debian = await named("dcim/platforms", "Debian 12", "debian-12");
  const team = await named("tenancy/tenants", "Team A", "team-a");
  const prod = await named("extras/tags", "Prod!", "prod");
  const device = (name: string | null, more: NetBoxObject = {}) =>
    make("dcim/devices", {
      name,
      site: fra.id,
      role: app.id,
      device_type: r740.id,
      ...more,
    });
  const web = await device("web-01", {
    serial: "S1",
    location: room.id,
    rack: rack.id,
    position: 4,
    face: "front",
    platform: debian.id,
    tenant: team.id,
    asset_tag: "A-1",
    tags: [prod.id],
  });
  const other = await device("web-01", { site: ber.id, serial: "S2" });
  const [one, two] = [
    await device("DB_01", { serial: "copied" }),
    await device("db 02", { serial: "copied", status: "planned" }),
  ];
  const hub = await device("Switch 1/2", { role: core.id, status: "offline" });
  await device(null);
  await device("old", { status: "decommissioning" });
  const hostile = await device(`'; DROP TABLE x; --<b>`);
  const panel = await device("panel-1", { device_type: panelType.id });
  const link = (on: NetBoxObject, name: string, type: string, more: NetBoxObject = {}) =>
    make("dcim/interfaces", { device: on.id, name, type, ...more });
  const vlan = await make("ipam/vlans", { vid: 100, name: "servers", site: fra.id });
  const eth0 = await link(web, "eth0", "1000base-x-sfp", {
    mtu: 1500,
    mode: "access",
    untagged_vlan: vlan.id,
  });
  const eth1 = await link(web, "eth1", "1000base-t");
  await link(web, "lo", "virtual");
  const port = await link(one, "eth0", "25gbase-x-sfp28");
  const [xe1, xe2] = [
    await link(hub, "xe-0/0/1", "10gbase-x-sfpp", { speed: 1_000_000 }),
    await link(hub, "xe-0/0/2", "10gbase-x-sfpp"),
  ];
  const mac = await make("dcim/mac-addresses", {
    mac_address: "00:50:56:AA:BB:01",
    ...onInterface,
    assigned_object_id: eth0.id,
  });
  await place.call("PATCH", `dcim/interfaces/${eth0.id}/`, { primary_mac_address: mac.id });
  const vrf = await make("ipam/vrfs", { name: "blue", rd: "65000:1" });
  const inFra = { scope_type: "dcim.site", scope_id: fra.id };
  for (
    const prefix of [
      { prefix: "10.0.0.0/8", status: "container", description: "All of ours" },
      { prefix: "10.0.0.0/24", vlan: vlan.id, description: "Web servers", ...inFra },
      { prefix: "10.1.0.0/24", vrf: vrf.id, description: "blue net", ...inFra },
      { prefix: "10.9.0.0/24", status: "reserved" },
    ]
  ) await make("ipam/prefixes", prefix);
  const address = (address: string, more: NetBoxObject = {}) =>
    make("ipam/ip-addresses", { address, ...more });
  const seven = await address("10.0.0.7/24", { ...onInterface, assigned_object_id: eth0.id });
  await address("10.0.0.1/24", { role: "vrrp", ...onInterface, assigned_object_id: xe2.id });
  await address("10.0.0.99/24");
  const blue = { vrf: vrf.id, ...onInterface, assigned_object_id: port.id };
  await address("10.1.0.5/24", blue);
  const types = [
    await named("virtualization/cluster-types", "VMware vSphere", "vsphere"),
    await named("virtualization/cluster-types", "Docker", "docker"),
  ];
  const [prodCluster, boxes] = [
    await make("virtualization/clusters", { name: "prod", type: types[0].id, ...inFra }),
    await make("virtualization/clusters", { name: "boxes", type: types[1].id, ...inFra }),
  ];
  await place.call("PATCH", `dcim/devices/${web.id}/`, { cluster: prodCluster.id });
  const guest = await make("virtualization/virtual-machines", {
    name: "vm-01",
    cluster: prodCluster.id,
    device: web.id,
    role: app.id,
    vcpus: 2,
    memory: 2048,
    disk: 10_000,
  });
  await make("virtualization/virtual-machines", { name: "box", cluster: boxes.id, role: app.id });
  const ens3 = await make("virtualization/interfaces", { virtual_machine: guest.id, name: "ens3" });
  await address("10.0.0.20/24", { ...onGuest, assigned_object_id: ens3.id });
  // The fields for one kind alone are those before 4.3, and passed over since.
  const at = { parent_object_type: "dcim.device", parent_object_id: web.id, device: web.id };
  const on = {
    parent_object_type: "virtualization.virtualmachine",
    parent_object_id: guest.id,
    virtual_machine: guest.id,
  };
  for (
    const service of [
      { name: "https", protocol: "tcp", ports: [443, 8443], ipaddresses: [seven.id], ...at },
      { name: "dns", protocol: "udp", ports: [53], ...on },
      { name: "sigtran", protocol: "sctp", ports: [53], ...on },
    ]
  ) await make("ipam/services", service);
  const cable = (a: NetBoxObject[], b: NetBoxObject[], more: NetBoxObject = {}) =>
    make("dcim/cables", { a_terminations: a, b_terminations: b, ...more });
  const direct = await cable(end("interface", eth1), end("interface", xe1));
  const rear = await make("dcim/rear-ports", {
    device: panel.id,
    name: "r1",
    type: "8p8c",
    positions: 1,
  });
  const front = await make("dcim/front-ports", {
    device: panel.id,
    name: "f1",
    type: "8p8c",
    rear_ports: [{ position: 1, rear_port: rear.id, rear_port_position: 1 }],
    rear_port: rear.id, // before 4.5
  });
  await cable(end("interface", port), end("frontport", front));
  await cable(end("rearport", rear), end("interface", xe2));
  const outlet = await make("dcim/power-outlets", { device: hub.id, name: "o1" });
  const power = await make("dcim/power-ports", { device: web.id, name: "p1" });
  await cable(end("poweroutlet", outlet), end("powerport", power));
  const planned = [await link(other, "eth9", "1000base-t"), await link(two, "eth9", "1000base-t")];
  await cable(end("interface", planned[0]), end("interface", planned[1]), { status: "planned" });
  return { web, other, one, two, hub, hostile, guest, eth1, direct, xe1 };
}
