import { expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { asName } from "../../src/introspection/names.ts";
import { machineFolder } from "./machine_folder.ts";

const refusing = (code: string) => {
  const refuse = () => {
    throw Object.assign(new Error(`${code}: it cannot be read`), { code });
  };
  return new MachineFiles("/", { read: refuse, list: refuse, link: refuse });
};

test("a source that is there and cannot be read is a gap, once", () => {
  const files = refusing("EACCES");
  expect(files.text("/sys/class/dmi/id/product_serial")).toBeUndefined();
  expect(files.line("/sys/class/dmi/id/product_serial")).toBeUndefined();
  expect(files.list("/proc/1/fd")).toEqual([]);
  expect(files.link("/proc/1/exe")).toBeUndefined();
  expect(files.has("/proc/vz")).toBe(false);
  expect(files.gaps).toEqual([
    { source: "/proc/1/exe", reason: "permission denied" },
    { source: "/proc/1/fd", reason: "permission denied" },
    { source: "/sys/class/dmi/id/product_serial", reason: "permission denied" },
  ]);
});

test("a source that is absent is a gap only where every Linux has it", () => {
  const files = new MachineFiles(machineFolder({ "/etc/": "" }));
  expect(files.text("/sys/class/dmi/id/product_serial")).toBeUndefined();
  expect(files.gaps).toEqual([]);
  expect(files.required("/proc/stat")).toBeUndefined();
  expect(files.gaps).toEqual([{ source: "/proc/stat", reason: "not found" }]);
});

test("an unknown error is told by its code", () => {
  const files = refusing("EIO");
  files.required("/proc/stat");
  expect(files.gaps).toEqual([{ source: "/proc/stat", reason: "EIO" }]);
});

test("real files are read, and a folder in a file's place is a gap", () => {
  const files = new MachineFiles(machineFolder({
    "/a": new Uint8Array([0x61, 0xff, 0x0a, 0x62]),
    "/b/c": "",
    "/l": { link: "somewhere" },
  }));
  expect(files.text("/a")).toBe("a\uFFFD\nb");
  expect(files.line("/a")).toBe("a\uFFFD");
  expect(files.link("/l")).toBe("somewhere");
  expect(files.list("/")).toEqual(["a", "b", "l"]);
  expect([files.has("/b/c"), files.has("/b/d"), files.has("/a")]).toEqual([true, false, true]);
  expect(files.gaps).toEqual([]);
  expect(files.text("/b")).toBeUndefined();
  expect(files.gaps).toEqual([{ source: "/b", reason: "is a directory" }]);
});

test("a name is short, well formed, and acts on no terminal", () => {
  expect(asName("  a b ")).toBe("a b");
  expect(asName("a\x1b[31m\nb")).toBe("a\uFFFD[31m\uFFFDb");
  expect(asName("<b>")).toBe("<b>");
  expect(asName(" \n")).toBeUndefined();
  expect(asName(undefined)).toBeUndefined();
  expect(asName("x".repeat(1023) + "\u{1F600}")).toBe("x".repeat(1023) + "\uFFFD");
});
