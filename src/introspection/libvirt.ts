/** The virtual machines that libvirt runs with QEMU, and those that it could run. */
import { macAddress } from "../domain/values.ts";
import { accepted } from "./accepted.ts";
import type { MachineFiles } from "./files.ts";
import { type Guest, GUEST_STATE } from "./guest.ts";
import { validHostname } from "./host_names.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";
import { attribute, element, elements } from "./xml.ts";

/** Of those that run, and of those that are defined. */
const RUNNING = "/run/libvirt/qemu";
const DEFINED = "/etc/libvirt/qemu";

/** Bytes of libvirt's units; without one, KiB. */
const UNITS: Record<string, number> = {
  b: 1,
  bytes: 1,
  KB: 1000,
  k: 1024,
  KiB: 1024,
  MB: 1000 ** 2,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1000 ** 3,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1000 ** 4,
  T: 1024 ** 4,
  TiB: 1024 ** 4,
};

/** The virtual machines, first those that run, and whether these are all. */
export function libvirtGuests(files: MachineFiles): { guests: Guest[]; whole: boolean } {
  const { found, whole } = files.whole(() =>
    [RUNNING, DEFINED].flatMap((folder) =>
      files.list(folder).filter((file) => file.endsWith(".xml")).flatMap((file) => {
        const path = `${folder}/${file}`;
        const text = files.text(path);
        if (text === undefined) return [];
        const guest = parseDomain(text);
        if (guest === undefined) files.gap(path, "no domain of libvirt's");
        return guest ?? [];
      })
    )
  );
  // Without the folder of definitions nothing tells a machine that is off from one that was removed.
  const there = files.has(DEFINED) && files.has(RUNNING);
  return { guests: found, whole: whole && there };
}

/**
 * A virtual machine from libvirt's XML: a `domain`, or one that runs, within its `domstatus`. Only names, numbers and
 * sizes are taken: passwords of its screen are in there too.
 */
export function parseDomain(text: string): Guest | undefined {
  const xml = text.replace(/<!--.*?-->/gs, "");
  const domain = element(xml, "domain");
  const uuid = element(domain?.content ?? "", "uuid")?.content.trim().toLowerCase();
  if (domain === undefined || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid ?? "")) {
    return undefined;
  }
  const { content } = domain;
  const name = element(content, "name")?.content ?? "";
  const cpus = element(content, "vcpu");
  const memory = element(content, "memory");
  const bytes = Number(memory?.content) * (UNITS[attribute(memory, "unit") ?? "KiB"] ?? NaN);
  const cores = Number(attribute(cpus, "current") ?? cpus?.content);
  const state = element(xml, "domstatus");
  return {
    hostname: validHostname(name) ?? `vm-${uuid!.slice(0, 8)}`,
    resource_type: "virtual_machine",
    evidence: { dmi_uuid: uuid! },
    ...known({
      cpu_cores: Number.isInteger(cores) && cores > 0 && cores <= 1_000_000 ? cores : undefined,
      memory_bytes: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined,
    }),
    virtualization: { machine: attribute(domain, "type") === "kvm" ? "kvm" : "qemu" },
    interfaces: elements(content, "interface").map(({ content: inner }, index) => ({
      name: `net${index}`, // as libvirt calls the device; inside it has a name of its own
      kind: "ethernet" as const,
      ...known({
        mac_address: accepted(() =>
          macAddress(attribute(element(inner, "mac"), "address") ?? "", "mac_address")
        ),
      }),
      addresses: [],
    })),
    tags: known({
      "vm.name": asName(name),
      [GUEST_STATE]: state ? asName(attribute(state, "state")) : "shutoff",
    }),
  };
}
