/** The disks of this machine. */
import type { MachineFiles } from "./files.ts";

/** Devices made of other devices, of memory or of files, drives for media, and remote disks. */
const DERIVED = /^(loop|ram|zram|dm-|md|sr|fd|nbd|zd|drbd|mtdblock|bcache)|^mmcblk\d+(boot|rpmb)/;

/** A disk and its size as the kernel has it. */
export interface BlockDevice {
  /** As in /sys/block: `sda`, `nvme0n1`. */
  name: string;
  bytes: number;
}

/** Built-in disks, sorted by name. Removable media and the hidden paths of multipath disks are left out. */
export function blockDevices(files: MachineFiles): BlockDevice[] {
  return files.list("/sys/block")
    .filter((name) => !DERIVED.test(name))
    .filter((name) => !["removable", "hidden"].some((flag) => isSet(files, name, flag)))
    .map((name) => ({ name, bytes: Number(files.line(`/sys/block/${name}/size`) ?? 0) * 512 })) // always 512-byte sectors
    .filter(({ bytes }) => Number.isSafeInteger(bytes) && bytes > 0);
}

function isSet(files: MachineFiles, device: string, flag: string): boolean {
  return files.line(`/sys/block/${device}/${flag}`) === "1";
}
