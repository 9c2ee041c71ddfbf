/** The containers and virtual machines that registered with systemd-machined: systemd-nspawn's, and others'. */
import type { MachineFiles } from "./files.ts";
import { type Guest, GUEST_STATE } from "./guest.ts";
import { validHostname } from "./host_names.ts";
import { asName } from "./names.ts";

const RUNNING = "/run/systemd/machines";
const IMAGES = "/var/lib/machines";

/**
 * The machines that run now. They are all of systemd-nspawn's if no image lies where systemd keeps them without running:
 * such a container is off, and has not gone.
 */
export function machinedGuests(files: MachineFiles): { guests: Guest[]; whole: boolean } {
  const { found, whole } = files.whole(() => {
    // `unit:NAME.scope` are links to the same, `.#NAME` is being written.
    const names = files.list(RUNNING).filter((name) => !/^[.]|^unit:/.test(name));
    const images = files.list(IMAGES).filter((name) => !name.startsWith("."))
      .map((name) => name.replace(/\.raw$/, ""));
    return {
      guests: names.flatMap((name) => parseMachine(files.text(`${RUNNING}/${name}`) ?? "") ?? []),
      off: images.some((image) => !names.includes(image)),
    };
  });
  const there = files.has(RUNNING) && files.has(IMAGES);
  return { guests: found.guests, whole: whole && there && !found.off };
}

/**
 * A machine from the text of its file. Its `ID` is the machine id of a container, and what a virtual machine reads from
 * DMI. One without it is left out, for nothing would tell it from another.
 */
export function parseMachine(text: string): Guest | undefined {
  const field = (name: string) =>
    text.match(new RegExp(`^${name}=(.*)$`, "m"))?.[1]?.trim().replace(/^(["'])(.*)\1$/, "$2");
  const [name = "", id = "", kind] = [field("NAME"), field("ID"), field("CLASS")];
  if (!/^[0-9a-f]{32}$/.test(id) || /^(.)\1*$/.test(id)) return undefined;
  if (kind !== "container" && kind !== "vm") return undefined;
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const service = asName(field("SERVICE")) ?? "container-other";
  return {
    hostname: validHostname(name) ?? `machine-${id.slice(0, 8)}`,
    resource_type: kind === "vm" ? "virtual_machine" : "container",
    evidence: kind === "vm" ? { dmi_uuid: uuid } : { machine_id: id },
    ...(kind === "vm" ? {} : { virtualization: { container: service } }),
    interfaces: [],
    tags: { [GUEST_STATE]: "running" },
  };
}
