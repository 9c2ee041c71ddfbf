/** Whether the machine is virtual, and by what: systemd's names (systemd, src/basic/virt.c, detect_vm). */
import type { MachineFiles } from "./files.ts";

/** How a hypervisor names itself in the DMI (SMBIOS) fields, which hold maker and product. */
const MAKERS: [pattern: RegExp, machine: string][] = [
  [/\bAmazon EC2\b/, "amazon"],
  [/\bGoogle Compute Engine\b/, "google"],
  [/\bMicrosoft Corporation\b.*\bVirtual Machine\b|\bHyper-V\b/s, "microsoft"],
  [/\bVMware|\bVMW\b/, "vmware"],
  [/\binnotek GmbH\b|\bVirtualBox\b/, "oracle"],
  [/\bParallels\b/, "parallels"],
  [/\bbhyve\b/i, "bhyve"],
  [/\bXen\b/, "xen"],
  [/\bBochs\b/, "bochs"],
  [/\bApple Virtualization\b/, "apple"],
  [/\bCloud Hypervisor\b/, "cloud-hypervisor"],
  [
    /\bKVM\b|\bOpenStack\b|\bKubeVirt\b|\bRHEV\b|\boVirt\b|\bAHV\b|\bDigitalOcean\b|\bDroplet\b/,
    "kvm",
  ],
  [/\bVultr\b|\bAlibaba Cloud ECS\b|\bvServer\b|\bAkamai Compute\b|\bLinode\b|\bSCW-/, "kvm"],
  [/\bQEMU\b/, "qemu"],
];

const DMI = ["sys_vendor", "product_name", "product_version", "board_vendor", "bios_vendor"];

/**
 * What runs this machine as a virtual one (kvm, qemu, vmware, oracle, xen, amazon, microsoft, google, firecracker …,
 * or `vm-other` when the processor says no more than that there is a hypervisor), or undefined on real hardware.
 */
export function machineLayer(files: MachineFiles): string | undefined {
  const cpu = files.text("/proc/cpuinfo") ?? "";
  const flags = cpu.match(/^flags\s*:(.*)$/m)?.[1];
  const flagged = flags === undefined ? undefined : / hypervisor( |$)/.test(flags);
  const dmi = DMI.map((field) => files.line(`/sys/class/dmi/id/${field}`) ?? "").join("\n");

  const maker = machineOfDmi(dmi, flagged);
  if (maker === "physical") return undefined;
  // The firmware's maker says QEMU whether or not KVM runs it; only KVM offers its clock.
  if (maker) return maker === "qemu" ? clocksource(files) ?? maker : maker;

  if (/^vendor_id\s*: User Mode Linux/m.test(cpu)) return "uml";
  if (files.line("/sys/hypervisor/type") === "xen" || files.has("/proc/xen")) {
    // Dom0 is the machine itself, from which the others are run.
    return /control_d/.test(files.text("/proc/xen/capabilities") ?? "") ? undefined : "xen";
  }
  const zvm = files.text("/proc/sysinfo")?.match(/^VM00 Control Program:\s*(\S+)/m)?.[1];
  if (zvm) return zvm.startsWith("z/VM") ? "zvm" : "kvm";
  return machineOfDeviceTree(files) ??
    (flagged ? firecracker(files) ?? clocksource(files) ?? "vm-other" : undefined);
}

/**
 * The machine that DMI fields name: a name of the table, `physical`, or undefined when they name no hypervisor. Clouds
 * rent bare metal under the same maker: there the product says `metal`, or no processor flag tells of a hypervisor.
 */
export function machineOfDmi(dmi: string, flagged?: boolean): string | undefined {
  const machine = MAKERS.find(([pattern]) => pattern.test(dmi))?.[1];
  const cloud = machine === "amazon" || machine === "google";
  if (cloud && (/[.-]metal\b/.test(dmi) || flagged === false)) return "physical";
  return machine;
}

function machineOfDeviceTree(files: MachineFiles): string | undefined {
  const hypervisor = files.text("/proc/device-tree/hypervisor/compatible");
  if (hypervisor?.includes("kvm")) return "kvm";
  if (hypervisor?.includes("xen")) return "xen";
  if (hypervisor) return "vm-other";
  const compatible = files.text("/proc/device-tree/compatible") ?? "";
  return /qemu|linux,dummy-virt/.test(compatible) ? "qemu" : undefined;
}

/**
 * Firecracker has no DMI. Its ACPI tables carry its name (only root may read them), older ones give their devices on
 * the kernel's command line, and some set-ups name it there.
 */
function firecracker(files: MachineFiles): string | undefined {
  const kernel = files.text("/proc/cmdline") ?? "";
  const evident = /firecracker/.test(kernel) ||
    (/\bpci=off\b/.test(kernel) && /\bvirtio_mmio\.device=/.test(kernel)) ||
    (files.text("/sys/firmware/acpi/tables/DSDT", () => {}) ?? "").slice(0, 40).includes("FIRECK");
  return evident ? "firecracker" : undefined;
}

function clocksource(files: MachineFiles): string | undefined {
  const clocks = files.text(
    "/sys/devices/system/clocksource/clocksource0/available_clocksource",
  ) ?? "";
  if (clocks.includes("kvm-clock")) return "kvm";
  if (clocks.includes("hyperv")) return "microsoft";
  return /\bxen\b/.test(clocks) ? "xen" : undefined;
}
