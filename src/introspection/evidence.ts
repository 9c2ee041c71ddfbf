/** What tells this machine from all others. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { ownContainerId } from "./container_id.ts";
import type { MachineFiles } from "./files.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";
import type { Virtualization } from "./virtualization.ts";

/** What makers write where a fact should be. Machines of one batch share it, so it is no evidence. */
const PLACEHOLDERS = new RegExp(
  "^(to be filled by o\\.?e\\.?m\\.?|default( string)?|none|n/?a|null|unknown|not (specified|applicable|available|" +
    "provided|present)|invalid|empty|oem|o\\.e\\.m\\.|system (serial number|product name|manufacturer|version)|" +
    "(base board|chassis) serial number|serial( number)?|type1productconfigid|123456789(0)?|0123456789|" +
    "[0.\\-\\s]*|[xX]+|f+)$",
  "i",
);

/** UUIDs that boards ship with: zeros, ones, and American Megatrends' template. */
const PLACEHOLDER_UUID =
  /^(00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff|03000200-0400-0500-0006-000700080009|00020003-0004-0005-0006-000700080009|12345678-1234-5678-90ab-cddeefaabbcc)$/;

/** Data sources of cloud-init that give every machine the same id. */
const PLACEHOLDER_INSTANCE = /^(iid-datasource-none|nocloud|i-00000000)$/i;

/** Containers made from an image, whose machine-id, if any, is the image's: all its containers share it. */
const IMAGE_CONTAINERS = new Set(["docker", "podman", "kubernetes", "container-other"]);

/** A DMI field, unless its maker left it as it came. */
export function dmiText(files: MachineFiles, field: string): string | undefined {
  return unlessPlaceholder(files.line(`/sys/class/dmi/id/${field}`));
}

/** A text that tells of a machine, unless it is what its maker left there as it came. */
export function unlessPlaceholder(given: string | undefined): string | undefined {
  const text = asName(given);
  return text === undefined || PLACEHOLDERS.test(text) || PLACEHOLDER_UUID.test(text.toLowerCase())
    ? undefined
    : text;
}

/** The evidence of identity that can be read. Inside a container DMI is the host's and left out. */
export function evidence(
  files: MachineFiles,
  layers: Virtualization,
): RegisterCompute["evidence"] {
  const { container } = layers;
  const uuid = container ? undefined : dmiText(files, "product_uuid")?.toLowerCase();
  const found = known({
    serial: container ? undefined : dmiText(files, "product_serial"),
    dmi_uuid: uuid,
    cloud_instance_id: cloudInstance(files, layers),
    // Each manager numbers its own containers; LXC and systemd-nspawn do not, and what is seen there is an outer one's.
    container_id: container && IMAGE_CONTAINERS.has(container)
      ? ownContainerId(files, container)
      : undefined,
    machine_id: container && IMAGE_CONTAINERS.has(container) ? undefined : machineId(files),
  });
  return Object.keys(found).length > 0 ? found : undefined;
}

function cloudInstance(files: MachineFiles, { container }: Virtualization): string | undefined {
  // On Nitro the asset tag is the instance's id, and everyone may read it.
  const tag = container ? undefined : dmiText(files, "board_asset_tag");
  if (tag && /^i-[0-9a-f]{8,}$/.test(tag)) return tag;
  const id = asName(files.line("/var/lib/cloud/data/instance-id"));
  return id && !PLACEHOLDER_INSTANCE.test(id) ? id : undefined;
}

/** machine-id(5): 32 hexadecimal digits; before the first boot `uninitialized`. */
function machineId(files: MachineFiles): string | undefined {
  const id = files.line("/etc/machine-id") ?? files.line("/var/lib/dbus/machine-id");
  return id && /^[0-9a-f]{32}$/.test(id) && !/^(.)\1*$/.test(id) ? id : undefined;
}
