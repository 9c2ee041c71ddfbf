import { expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { packages } from "../../src/introspection/packages.ts";
import { parseRpm } from "../../src/introspection/rpm.ts";
import { ProgramFailed } from "../../src/introspection/system_programs.ts";
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
  const { files, found, complete } = await read({ "/etc/": "" });
  // Not complete either: a database that is absent may be back in a moment, with its 700 packages.
  expect([found, files.gaps, complete]).toEqual([[], [], []]);
});

test("a package manager's packages are all there are when its database was read and is at rest", async () => {
  const status = paragraph("bash", "5.2", "amd64", "install ok installed");
  const complete = async (table: MachineTable) => (await read(table)).complete;
  expect(await complete({ "/var/lib/dpkg/status": status })).toEqual(["software/package/dpkg"]);
  expect(await complete({ "/var/lib/dpkg/status": "" })).toEqual([]);
  const half = paragraph("half", "1.0", "all", "install ok half-configured");
  expect(await complete({ "/var/lib/dpkg/status": `${status}\n${half}` })).toEqual([]);
  expect(await complete({ "/var/lib/dpkg/status": status, "/var/lib/dpkg/updates/0001": "" }))
    .toEqual([]);
  expect(await complete({ "/lib/apk/db/installed": "P:musl\nV:1.2.5-r0\n\n" }))
    .toEqual(["software/package/apk"]);
  expect(await complete({ "/lib/apk/db/installed/": "" })).toEqual([]);
});

test("rpm is asked on the machine, and if it fails its packages are a gap", async () => {
  const root = machineFolder({ "/var/lib/rpm/rpmdb.sqlite": "SQLite" });
  const asking = async (answer: Promise<string>) => {
    const files = new MachineFiles(root);
    const { found, complete } = await packages(files, () => answer);
    return [found("self").map(({ name }) => name), complete, files.gaps];
  };
  expect(await asking(Promise.resolve("bash\t0:5.2-1\tx86_64\n")))
    .toEqual([["bash"], ["software/package/rpm"], []]);
  expect(await asking(Promise.reject(new ProgramFailed("rpm cannot be run: not found"))))
    .toEqual([[], [], [{ source: "/var/lib/rpm", reason: "rpm cannot be run: not found" }]]);
});

test("Homebrew's packages are its folders, applications apart from formulae", async () => {
  const { found, complete } = await read({
    "/opt/homebrew/Cellar/jq/1.7.1/": "",
    "/opt/homebrew/Cellar/docker/27.1/": "",
    "/opt/homebrew/Cellar/.keepme": "",
    "/home/linuxbrew/.linuxbrew/Cellar/jq/1.6/": "",
    "/opt/homebrew/Caskroom/docker/.metadata/": "",
    "/opt/homebrew/Caskroom/docker/4.33.0,160616/": "",
  });
  expect(found).toEqual([
    ["brew", "docker", "27.1"],
    ["brew", "jq", "1.6, 1.7.1"],
    ["brew-cask", "docker", "4.33.0,160616"],
  ]);
  expect(complete).toEqual(["software/package/brew", "software/package/brew-cask"]);
});

test("npm's packages are named by their folders", async () => {
  const long = "x".repeat(1_000_000);
  const table = {
    "/usr/lib/node_modules/npm/package.json": '{"name":"other","version":"11.19.1"}',
    "/usr/local/lib/node_modules/@scope/tool/package.json": '{"version":"1.0.0"}',
    "/usr/local/lib/node_modules/.bin/x": "",
    "/usr/local/lib/node_modules/.tool-AbCd1234/package.json": "{}",
    "/usr/local/lib/node_modules/odd\x1b[31m/package.json": `{"version":"a\\n\\ud800${long}"}`,
    "/usr/local/lib/node_modules/number/package.json": '{"version":7}',
  };
  const { found, complete, files } = await read(table);
  expect(found).toEqual([
    ["npm", "@scope/tool", "1.0.0"],
    ["npm", "npm", "11.19.1"],
    ["npm", "number", undefined],
    ["npm", "odd\uFFFD[31m", `a\uFFFD\uFFFD${"x".repeat(1021)}`],
  ]);
  expect([complete, files.gaps]).toEqual([["software/package/npm"], []]);
  const broken = await read({ "/usr/lib/node_modules/npm/package.json": "{" });
  expect([broken.found, broken.complete]).toEqual([[["npm", "npm", undefined]], []]);
  expect(broken.files.gaps).toEqual([
    { source: "/usr/lib/node_modules/npm/package.json", reason: "not JSON" },
  ]);
});

test("pip's packages have the one name that two ways of writing it come to", async () => {
  const { found, complete } = await read({
    "/usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA": "",
    "/usr/lib/python3/dist-packages/python_dateutil-2.8.2-py3.11.egg-info": "",
    "/usr/lib/python3.11/site-packages/python-dateutil-2.9.0.dist-info/": "",
    "/usr/local/lib/python3.11/dist-packages/mine.egg-info/PKG-INFO": "Name: mine\nVersion: 0.1\n",
    "/usr/local/lib/python3.11/dist-packages/bare.egg-info/": "",
    "/usr/local/lib/python3.11/dist-packages/~alf-1.0.dist-info/": "", // what pip renames at work
    "/usr/local/lib/python3.11/dist-packages/mine/__init__.py": "",
    "/usr/local/lib/python2.7/dist-packages/old-1.0.dist-info/": "",
  });
  expect(found).toEqual([
    ["pip", "bare", undefined],
    ["pip", "mine", "0.1"],
    ["pip", "python-dateutil", "2.8.2, 2.9.0"],
    ["pip", "pyyaml", "6.0"],
  ]);
  expect(complete).toEqual(["software/package/pip"]);
});
