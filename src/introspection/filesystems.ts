/** How full the disks are. */
import { statfsSync, statSync } from "node:fs";
import { byCodeUnit } from "../domain/values.ts";
import type { MachineFiles } from "./files.ts";
import { asName } from "./names.ts";

/** A mounted filesystem and its sizes in bytes. */
export interface Filesystem {
  mountpoint: string;
  /** As in /proc/self/mounts: `/dev/sda1`, `overlay`, `tank/home`. */
  device: string;
  /** `ext4`, `xfs` … */
  type: string;
  used: number;
  free: number;
  /** Free, but kept for root. */
  reserved: number;
}

/** A line of /proc/self/mounts. */
export type Mount = Pick<Filesystem, "device" | "mountpoint" | "type">;

/** Always full, as they are images that cannot be written. */
const IMAGES = new Set(["squashfs", "iso9660", "udf", "erofs", "cramfs"]);

/**
 * The filesystems on disks of this machine, sorted by mountpoint. Network filesystems are left out: they are another
 * machine's, and asking one whose server is gone would hang us.
 */
export function filesystems(files: MachineFiles): Filesystem[] {
  return parseMounts(files.required("/proc/self/mounts") ?? "").flatMap((mount) => {
    const path = files.locate(mount.mountpoint);
    try {
      // A container has files of its host's disk mounted on /etc/hosts and others.
      if (!statSync(path).isDirectory()) return [];
      const { bsize, blocks, bfree, bavail } = statfsSync(path);
      if (blocks === 0) return [];
      const mountpoint = asName(mount.mountpoint) ?? "/";
      const device = asName(mount.device) ?? "none";
      return [{
        mountpoint,
        device,
        type: mount.type,
        used: (blocks - bfree) * bsize,
        free: bavail * bsize,
        reserved: (bfree - bavail) * bsize,
      }];
    } catch (error) {
      files.gap(mount.mountpoint, (error as { code?: string }).code ?? (error as Error).message);
      return [];
    }
  });
}

/** The local filesystems in the text of /proc/self/mounts; of several mounts of a device the shortest path. */
export function parseMounts(text: string): Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const line of text.split("\n")) {
    const [device, mountpoint, type] = line.split(" ").map(unescape);
    if (device === undefined || mountpoint === undefined || type === undefined) continue;
    const local = device.startsWith("/dev/") || type === "zfs" || mountpoint === "/";
    if (!local || IMAGES.has(type) || type === "rootfs" || type.startsWith("fuse.")) continue;
    const other = byDevice.get(device);
    if (other === undefined || shorter(mountpoint, other.mountpoint)) {
      byDevice.set(device, { device, mountpoint, type });
    }
  }
  return [...byDevice.values()].sort((a, b) => byCodeUnit(a.mountpoint, b.mountpoint));
}

function shorter(a: string, b: string): boolean {
  return a.length < b.length || (a.length === b.length && a < b);
}

/** White space and backslashes are written as octal numbers: `\040`. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}
