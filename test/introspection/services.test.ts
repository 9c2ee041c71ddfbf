import { expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { processes } from "../../src/introspection/processes.ts";
import { parseUnits, services } from "../../src/introspection/services.ts";
import { ProgramFailed, type RunProgram } from "../../src/introspection/system_programs.ts";
import { machineFolder, processTable } from "./machine_folder.ts";
import { COMMON } from "./machines/common.ts";

const unit = (name: string, facts = {}) => ({
  unit: name,
  load: "loaded",
  active: "active",
  sub: "running",
  description: "A server",
  ...facts,
});

async function read(run?: RunProgram, booted = true) {
  const files = new MachineFiles(machineFolder({
    ...COMMON,
    ...(booted ? { "/run/systemd/system/": "" } : {}),
    ...processTable(10, "nginx", { cgroup: "0::/system.slice/nginx.service\n" }),
    ...processTable(11, "nginx", { cgroup: "0::/system.slice/nginx.service\n" }),
    ...processTable(12, "x", { cgroup: "0::/system.slice/run-r1a2b3c.service\n" }),
    ...processTable(13, "y", { cgroup: "0::/system.slice/two\x1b[31m.service\n" }),
  }));
  const { found, complete } = await services(files, processes(files).found, run);
  return { services: found("self"), complete, gaps: files.gaps };
}

const service = (name: string, configuration: Record<string, string>) => ({
  compute: "self",
  name,
  kind: "service",
  source: "systemd",
  configuration,
});
const running = { active_state: "active", sub_state: "running", description: "A server" };

test("services are systemd's that are loaded and active", async () => {
  const asked: string[] = [];
  const { services, complete, gaps } = await read((program, args) => {
    asked.push([program, ...args].join(" "));
    return Promise.resolve(JSON.stringify([
      unit("ssh.service"),
      unit("cron.service", { sub: "exited", description: "x".repeat(201) }),
      unit("failed.service", { active: "failed", sub: "failed" }),
      unit("gone.service", { load: "not-found", active: "active" }),
      unit("run-u12.service"), // a command that somebody gave to systemd-run
      unit("sshd@6-10.0.0.1:22-10.0.0.9:50123.service"), // a connection
      unit("a.socket"),
      unit("odd\n\x1b\ud800.service", { description: "\x07bell" }),
      unit(`${"x".repeat(1_000_000)}.service`),
      unit(".service"),
      "no unit",
      null,
    ]));
  });
  expect(asked).toEqual([
    "systemctl list-units --type=service --all --output=json --no-pager --plain --no-legend",
  ]);
  expect(services).toEqual([
    service("cron", { active_state: "active", sub_state: "exited" }),
    service("odd\uFFFD\uFFFD\uFFFD", { ...running, description: "\uFFFDbell" }),
    service("ssh", running),
    service("x".repeat(1024), running),
  ]);
  expect([complete, gaps]).toEqual([["software/service/systemd"], []]);
});

test("older versions of systemd print a table", () => {
  expect(parseUnits(
    "ssh.service    loaded    active   running OpenBSD Secure Shell server\n" +
      "\u25cf bad.service    not-found inactive dead    bad.service\n" +
      "* run.service    loaded active exited\n\n",
  )).toEqual([
    {
      name: "ssh",
      configuration: {
        active_state: "active",
        sub_state: "running",
        description: "OpenBSD Secure Shell server",
      },
    },
    { name: "run", configuration: { active_state: "active", sub_state: "exited" } },
  ]);
});

test("where systemd cannot be asked, services are those that processes belong to, and not all", async () => {
  const fromProcesses = [
    service("nginx", { active_state: "active" }),
    service("two\uFFFD[31m", { active_state: "active" }),
  ];
  expect(await read()).toEqual({ services: fromProcesses, complete: [], gaps: [] });
  for (
    const fail of [
      () => Promise.reject(new ProgramFailed("systemctl took over 10 s")),
      () => Promise.resolve("[]"),
      () => Promise.resolve("Failed to connect to bus"),
    ]
  ) {
    const { services, complete, gaps } = await read(fail);
    expect([services, complete]).toEqual([fromProcesses, []]);
    expect(gaps).toMatchObject([{
      source: "systemd services",
      reason: expect.stringContaining("systemctl"),
    }]);
  }
});

test("where systemd does not run, it is not asked", async () => {
  const { complete, gaps } = await read(() => Promise.reject(new Error("asked")), false);
  expect([complete, gaps]).toEqual([[], []]);
});

test("that the introspection was stopped is no gap", async () => {
  const reason = new Error("stopped by the test");
  await expect(read(() => Promise.reject(reason))).rejects.toBe(reason);
});
