/** What the machine is, as the data of RegisterCompute. */
import type { Systeminformation as Told } from "systeminformation";
import type { RegisterCompute } from "../../domain/compute_schema.ts";
import { validHostname } from "../host_names.ts";
import { known } from "../known.ts";
import { interfaceOf, type Link } from "../links.ts";
import { machineOfDmi } from "../machine_layer.ts";
import { asName } from "../names.ts";
import type { Virtualization } from "../virtualization.ts";
import { unlessPlaceholder } from "../evidence.ts";
import type { Asker } from "./answers.ts";

/** systeminformation's names of hypervisors, in lower case, as systemd's. */
const MACHINES: Record<string, string> = {
  virtualbox: "oracle",
  "hyper-v": "microsoft",
  "virtual pc": "microsoft",
};

/** Node's names of architectures as the kernels have them. */
const ARCHITECTURES: Record<string, string> = { x64: "x86_64", arm64: "aarch64", ia32: "i686" };

/** The facts of the machine. `cpu_cores` are logical; `storage_bytes` are the disks that are built in. */
export async function machine(
  asker: Asker,
  links: Link[],
): Promise<{ compute: RegisterCompute; layers: Virtualization }> {
  const { answers } = asker;
  const [system, cpu, memory, os, storage] = await Promise.all([
    asker.ask("system", () => answers.system()),
    asker.ask("cpu", () => answers.cpu()),
    asker.ask("memory", () => answers.mem()),
    asker.ask("operating system", () => answers.osInfo()),
    storageBytes(asker),
  ]);
  const machine = machineOf(system);
  const layers: Virtualization = {
    resourceType: machine === undefined ? "physical_server" : "virtual_machine",
    ...known({ machine }),
  };
  return {
    layers,
    compute: {
      hostname: hostnameOf(asker),
      resource_type: layers.resourceType,
      ...known({
        evidence: await evidence(asker, system),
        manufacturer: told(system?.manufacturer),
        model: told(system?.model),
        architecture: told(ARCHITECTURES[os?.arch ?? ""] ?? os?.arch),
        cpu_model: told(`${cpu?.manufacturer ?? ""} ${cpu?.brand ?? ""}`),
        cpu_cores: amount(cpu?.cores),
        memory_bytes: amount(memory?.total),
        storage_bytes: storage,
        operating_system: operatingSystem(os),
        virtualization: machine === undefined ? undefined : { machine },
      }),
      interfaces: links.map(interfaceOf),
    },
  };
}

/** What runs this machine as a virtual one, by systemd's names, or undefined on real hardware. */
export function machineOf(system: Told.SystemData | undefined): string | undefined {
  if (system === undefined) return undefined;
  const { manufacturer, model, version, virtual, virtualHost } = system;
  // A virtual Mac calls itself VirtualMac2,1.
  if (/^VirtualMac/.test(version) || /^VirtualMac/.test(model)) return "apple";
  const maker = machineOfDmi([manufacturer, model, version].join("\n"));
  if (maker !== undefined) return maker === "physical" ? undefined : maker;
  if (!virtual) return undefined;
  const host = asName(virtualHost)?.toLowerCase();
  return host === undefined ? "vm-other" : MACHINES[host] ?? host;
}

async function evidence(
  asker: Asker,
  system: Told.SystemData | undefined,
): Promise<RegisterCompute["evidence"]> {
  const ids = await asker.ask("uuid", () => asker.answers.uuid());
  const dmi = unlessPlaceholder(system?.uuid)?.toLowerCase();
  // Windows' MachineGuid is a UUID as machine-id(5) is one without its hyphens. A Mac's is the hardware's once more.
  const installed = ids?.os?.toLowerCase();
  const machineId = installed?.replaceAll("-", "");
  const found = known({
    serial: unlessPlaceholder(system?.serial),
    dmi_uuid: dmi,
    machine_id: machineId && /^[0-9a-f]{32}$/.test(machineId) && !/^(.)\1*$/.test(machineId) &&
        installed !== dmi
      ? machineId
      : undefined,
  });
  return Object.keys(found).length > 0 ? found : undefined;
}

function hostnameOf(asker: Asker): string {
  const raw = asker.answers.hostname();
  const name = validHostname(raw);
  if (name === undefined) asker.gap("hostname", "no usable host name, recorded as localhost");
  else if (name !== raw.toLowerCase().replace(/\.$/, "")) {
    asker.gap("hostname", `not a host name (RFC 1123), recorded as ${name}`);
  }
  return name ?? "localhost";
}

function operatingSystem(os: Told.OsData | undefined): RegisterCompute["operating_system"] {
  const name = told(os?.distro) ?? told(os?.platform);
  return name === undefined
    ? undefined
    : { name, ...known({ version: told(os?.release), kernel: told(os?.kernel) }) };
}

/** What is plugged in is no part of the machine. Where no disk is told of, the volumes on built-in ones count. */
async function storageBytes(asker: Asker): Promise<number | undefined> {
  const { answers } = asker;
  const disks = await asker.ask("disks", () => answers.diskLayout()) ?? [];
  const builtIn = disks.filter(({ type, interfaceType }) =>
    !/usb|thunderbolt|firewire|secure digital|\bsd\b/i.test(`${type} ${interfaceType}`)
  );
  if (builtIn.length > 0) return total(builtIn);
  const devices = await asker.ask("disks", () => answers.blockDevices()) ?? [];
  return total(
    devices.filter(({ type, removable, physical }) =>
      type === "disk" && !removable && !/network|removable|cd/i.test(physical)
    ),
  );
}

/** Windows' sizes are texts. */
function total(disks: { size: number | string }[]): number | undefined {
  return amount(disks.reduce((sum, { size }) => sum + (Number(size) || 0), 0));
}

function amount(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) && value! > 0 ? value : undefined;
}

/** systeminformation says `unknown` or `-` for what it does not know. */
function told(text: string | undefined): string | undefined {
  const name = asName(text);
  return name === undefined || /^(unknown|computer|-)$/i.test(name)
    ? undefined
    : unlessPlaceholder(name);
}
