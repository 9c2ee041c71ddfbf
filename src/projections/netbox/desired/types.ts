/** What things are: manufacturers, device types, roles and platforms. */
import type { ComputeState } from "../../../domain/compute_schema.ts";
import { type Estate, isVirtual } from "./estate.ts";
import { Names } from "./names.ts";
import type { DesiredObjects } from "./objects.ts";
import { NETBOX_TAGS } from "./tags.ts";
import { cut, cutName, MOST, said, slugOf } from "./text.ts";
import type { Fields } from "../objects.ts";

type ResourceType = ComputeState["resource_type"];

/** The manufacturer of what the log knows none of: NetBox has no device type without. */
const UNKNOWN = "Unknown";

/** What people call each type of resource: its role, and with "Unknown" before it the type of a device that says no model. */
const ROLES: Readonly<Record<ResourceType, string>> = {
  physical_server: "Server",
  virtual_machine: "Virtual machine",
  container: "Container",
  switch: "Switch",
  router: "Router",
  firewall: "Firewall",
  load_balancer: "Load balancer",
  storage: "Storage",
  iot_device: "IoT device",
  unknown: "Unknown",
};

/** The catalogue, and what of it a resource is. Its names are cut where they are too long: nothing hangs on their ends. */
export class Types {
  constructor(estate: Estate, private readonly objects: DesiredObjects) {
    const manufacturers = new Names();
    const models = new Names();
    const platforms = new Names();
    const roles = new Names();
    for (const { state } of estate.computes) {
      const platform = platformOf(state);
      if (platform !== undefined) platforms.add(platform);
      roles.add(roleOf(state));
      if (isVirtual(state)) continue;
      const slug = manufacturers.add(said(state.manufacturer) ?? UNKNOWN);
      models.add(modelOf(state), `${slug}/${slugOf(modelOf(state))}`);
    }
    for (const [slug, name] of manufacturers) {
      const fields = name === UNKNOWN
        ? { slug, description: "Of these the log does not know who made them" }
        : { slug };
      this.#add("manufacturer", slug, name, fields);
    }
    for (const [path, model] of models) {
      const [manufacturer = "", slug = ""] = path.split("/");
      const fields = {
        manufacturer: { ref: `manufacturer:${manufacturer}` },
        model: cutName(model, MOST.other),
        slug,
      };
      objects.add({
        kind: "device_type",
        key: `device_type:${path}`,
        title: cut(model, MOST.other),
        fields,
      });
    }
    for (const [slug, name] of roles) {
      // One role may be that of devices and virtual machines.
      this.#add("device_role", slug, name, { slug, vm_role: true });
    }
    for (const [slug, name] of platforms) this.#add("platform", slug, name, { slug });
  }

  /** The type of a device. */
  typeOf(state: ComputeState): Fields {
    const manufacturer = slugOf(said(state.manufacturer) ?? UNKNOWN);
    return { device_type: { ref: `device_type:${manufacturer}/${slugOf(modelOf(state))}` } };
  }

  /** The role and platform of a device or virtual machine. */
  fieldsOf(state: ComputeState): Fields {
    const platform = platformOf(state);
    return {
      role: { ref: `device_role:${slugOf(roleOf(state))}` },
      ...(platform === undefined ? {} : { platform: { ref: `platform:${slugOf(platform)}` } }),
    };
  }

  #add(
    kind: "manufacturer" | "device_role" | "platform",
    slug: string,
    given: string,
    fields: Fields,
  ): void {
    const name = cutName(given, MOST.other);
    this.objects.addNamed({ kind, key: `${kind}:${slug}`, title: name, fields }, name, MOST.other);
  }
}

function roleOf({ tags, resource_type }: ComputeState): string {
  return said(tags?.[NETBOX_TAGS.role]) ?? ROLES[resource_type];
}

function modelOf({ model, resource_type }: ComputeState): string {
  return said(model) ??
    (resource_type === "unknown" ? UNKNOWN : `${UNKNOWN} ${ROLES[resource_type].toLowerCase()}`);
}

function platformOf({ operating_system: system }: ComputeState): string | undefined {
  return said(`${system?.name ?? ""} ${system?.version ?? ""}`);
}
