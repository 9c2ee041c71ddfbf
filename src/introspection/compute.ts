/** This machine as the data of RegisterCompute. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { dmiText, evidence } from "./evidence.ts";
import type { MachineFiles } from "./files.ts";
import { hardware } from "./hardware.ts";
import { validHostname } from "./host_names.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";
import type { Link } from "./links.ts";
import { interfaceOf } from "./links.ts";
import type { RoutingEntry } from "./routes.ts";
import type { Virtualization } from "./virtualization.ts";

/** Puts the facts of this machine together. */
export function compute(
  files: MachineFiles,
  layers: Virtualization,
  links: Link[],
  routes: RoutingEntry[] | undefined,
): RegisterCompute {
  const { machine, container } = layers;
  const inContainer = container !== undefined;
  return {
    hostname: hostnameOf(files),
    resource_type: layers.resourceType,
    ...known({
      evidence: evidence(files, layers),
      // In a container these are the host's.
      manufacturer: inContainer ? undefined : dmiText(files, "sys_vendor"),
      model: inContainer ? undefined : dmiText(files, "product_name") ??
        asName(files.text("/proc/device-tree/model")?.replaceAll("\0", "")),
      operating_system: operatingSystem(files),
      virtualization: machine || container ? known({ machine, container }) : undefined,
    }),
    ...hardware(files, inContainer),
    interfaces: links.map(interfaceOf),
    ...known({ routes }),
  };
}

/**
 * The kernel's host name, made valid, which is noted as a gap where it had to be. When nothing valid is left it is
 * `localhost`.
 */
export function hostnameOf(files: MachineFiles): string {
  const source = "/proc/sys/kernel/hostname";
  const raw = files.line(source) ?? files.line("/etc/hostname") ?? "";
  const name = validHostname(raw);
  if (name === undefined) {
    files.gap(source, "no usable host name, recorded as localhost");
    return "localhost";
  }
  if (name !== raw.toLowerCase().replace(/\.$/, "")) {
    files.gap(source, `not a host name (RFC 1123), recorded as ${name}`);
  }
  return name;
}

function operatingSystem(files: MachineFiles): RegisterCompute["operating_system"] {
  const release = parseOsRelease(
    files.text("/etc/os-release") ?? files.required("/usr/lib/os-release") ?? "",
  );
  return {
    name: asName(release.get("NAME")) ?? "Linux",
    ...known({
      version: asName(release.get("VERSION_ID")),
      kernel: asName(files.required("/proc/sys/kernel/osrelease")),
    }),
  };
}

/** The variables of an os-release(5) file: a subset of shell, with quotes and backslashes. */
export function parseOsRelease(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value = ""] = line.match(/^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/) ?? [];
    if (name === undefined) continue;
    const quoted = value.match(/^(["'])(.*)\1$/);
    variables.set(name, (quoted?.[2] ?? value).replace(/\\(.)/g, "$1"));
  }
  return variables;
}
