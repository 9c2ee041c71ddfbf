import { expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { packages } from "../../src/introspection/packages.ts";
import { parseRpm } from "../../src/introspection/rpm.ts";
import { machineFolder, type MachineTable } from "./machine_folder.ts";

async function read(table: MachineTable) {
  const files = new MachineFiles(machineFolder(table));
  const { found, complete } = await packages(files);
  return {
    files,
    complete,
    found: found("self").map(({ name, version, source }) => [source, name, version]),
  };
}

const paragraph = (name: string, version: string, architecture: string, status: string) =>
  `Package: ${name}\nStatus: ${status}\nArchitecture: ${architecture}\nVersion: ${version}\n` +
  `Description: a tool\n Version: not this line\n`;

test("dpkg's packages are those installed, told apart by architecture where two are", async () => {
  const { found } = await read({
    "/var/lib/dpkg/status": [
      paragraph("zlib1g", "1:1.2.13", "amd64", "install ok installed"),
      paragraph("libc6", "2.36-9", "amd64", "install ok installed"),
      paragraph("libc6", "2.36-9", "i386", "hold ok installed"),
      paragraph("old", "1.0", "all", "deinstall ok config-files"),
      paragraph("half", "1.0", "all", "install ok half-configured"),
      "",
    ].join("\n"),
  });
  expect(found).toEqual([
    ["dpkg", "libc6", "2.36-9"],
    ["dpkg", "libc6:i386", "2.36-9"],
    ["dpkg", "zlib1g", "1:1.2.13"],
  ]);
});

test("apk's packages are read from its database", async () => {
  const { found } = await read({
    "/lib/apk/db/installed":
      "C:Q1abc\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nC:Q1def\nP:busybox\nV:1.36.1-r29\nA:x86_64\n\n",
  });
  expect(found).toEqual([["apk", "busybox", "1.36.1-r29"], ["apk", "musl", "1.2.5-r0"]]);
});

test("rpm's database of another root is a gap", async () => {
  const { files, found } = await read({ "/usr/lib/sysimage/rpm/rpmdb.sqlite": "SQLite" });
  expect(found).toEqual([]);
  expect(files.gaps.map(({ source }) => source)).toEqual(["/usr/lib/sysimage/rpm"]);
});

test("rpm's lines are packages, but for its keys", () => {
  expect(parseRpm(
    "kernel\t0:5.14.0-362.el9\tx86_64\ngpg-pubkey\t0:8483c65d-5ccc5b19\t(none)\nbind\t32:9.16-1\tx86_64\n",
  )).toEqual([
    { name: "kernel", version: "5.14.0-362.el9", architecture: "x86_64" },
    { name: "bind", version: "32:9.16-1", architecture: "x86_64" },
  ]);
});

test("a machine without package managers has no packages and no gaps", async () => {
  const { files, found } = await read({ "/etc/": "" });
  expect([found, files.gaps]).toEqual([[], []]);
});
