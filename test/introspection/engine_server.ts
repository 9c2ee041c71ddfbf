/** A container engine that answers what a test gives it, over HTTP on a real unix socket. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Answers by path: JSON, a text that is none, or a status; a path that is absent is never answered. */
export type Answers = Record<string, unknown>;

/** Starts it, for one test. */
export async function startEngine(answers: Answers): Promise<{ socket: string; asked: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  const socket = join(folder, "engine.sock");
  const asked: string[] = [];
  const server: Server = createServer(({ url = "" }, answer) => {
    asked.push(url);
    const given = answers[url];
    if (given === undefined) return;
    if (typeof given === "number") answer.writeHead(given).end(JSON.stringify({ message: "no" }));
    else answer.end(typeof given === "string" ? given : JSON.stringify(given));
  });
  await new Promise<void>((ready) => server.listen(socket, ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { socket, asked };
}

/** The number of a container, from a digit. */
export const containerId = (digit: string) => digit.repeat(64);

/** What `GET /containers/{id}/json` answers in Docker's API 1.47, as far as it matters, and what must stay there. */
export function inspection(facts: {
  id: string;
  name: string;
  image?: string;
  status?: string;
  limits?: Record<string, unknown>;
  networks?: Record<string, unknown>;
}) {
  const { id, name, image = "nginx:1.27", status = "running", limits = {}, networks = {} } = facts;
  return {
    Id: id,
    Created: "2026-11-20T10:00:00.123456789Z",
    Path: "/docker-entrypoint.sh",
    Args: ["--password=hunter2"],
    State: { Status: status, Running: status === "running", Pid: 4711, ExitCode: 0 },
    Name: name,
    HostConfig: { Memory: 0, NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0, CpusetCpus: "", ...limits },
    Config: {
      Hostname: id.slice(0, 12),
      Env: ["PATH=/usr/bin", "DATABASE_PASSWORD=hunter2"],
      Cmd: ["nginx", "--token", "hunter2"],
      Entrypoint: ["/docker-entrypoint.sh"],
      Image: image,
      Labels: { "traefik.http.middlewares.auth.basicauth.users": "admin:hunter2" },
    },
    NetworkSettings: { Networks: networks },
  };
}

/** A container's end in a network, as the engine tells of it. */
export function networkEnd(address: string, prefix: number, mac: string, ipv6 = "") {
  return {
    IPAMConfig: null,
    Gateway: "172.17.0.1",
    IPAddress: address,
    IPPrefixLen: prefix,
    GlobalIPv6Address: ipv6,
    GlobalIPv6PrefixLen: ipv6 === "" ? 0 : 64,
    MacAddress: mac,
  };
}
