import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { embeddedServer, ServerError } from "../../src/log/embedded.ts";
import { configPath, configuration } from "../../src/log/server_config.ts";
import { answers, program, servers, until } from "./embedded_user.ts";
import { startNats } from "./nats.ts";

const LINUX = Deno.build.os === "linux";
const TIMEOUT = { timeout: 60_000 };
const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "cim-embedded-" }));
let folders = 0;

afterAll(async () => {
  expect(await servers(root)).toEqual([]);
  await Deno.remove(root, { recursive: true });
});

function newFolder(name = `n${folders++}`): string {
  return join(root, name, "nats");
}

describe("the server is this user's alone", () => {
  test(
    "without the token nobody is let in, and the token is nowhere to be seen",
    TIMEOUT,
    async () => {
      const nats = await startNats();
      for (const hello of ["{}", '{"auth_token":"guess"}']) {
        const connection = await Deno.connect({
          hostname: "127.0.0.1",
          port: Number(new URL(nats.url).port),
        });
        await connection.write(new TextEncoder().encode(`CONNECT ${hello}\r\nPING\r\n`));
        const answer = await new Response(connection.readable).text();
        expect(answer).toContain("-ERR 'Authorization Violation'");
        expect(answer).not.toContain("PONG");
      }
      const { stdout } = await new Deno.Command("ps", { args: ["-axwwe", "-o", "args="] }).output();
      expect(new TextDecoder().decode(stdout)).not.toContain(nats.token);
      expect(await Deno.readTextFile(join(nats.folder, "server.log"))).not.toContain(nats.token);
      const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
      expect(await mode(configPath(nats.folder))).toBe(0o600);
      expect(await mode(nats.folder)).toBe(0o700);
      await nats.stop();
    },
  );

  test.runIf(LINUX)("it listens on 127.0.0.1 and nowhere else", TIMEOUT, async () => {
    const nats = await startNats();
    const sockets = new Set(
      Array.from(Deno.readDirSync(`/proc/${nats.pid}/fd`), ({ name }) => {
        return /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${nats.pid}/fd/${name}`))?.[1];
      }),
    );
    const listening = ["tcp", "tcp6"].flatMap((table) =>
      Deno.readTextFileSync(`/proc/net/${table}`).split("\n").slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === "0A" && sockets.has(fields[9])).map(([, local]) => local)
    );
    const port = Number(new URL(nats.url).port).toString(16).toUpperCase().padStart(4, "0");
    expect(listening).toEqual([`0100007F:${port}`]);
    await nats.stop();
  });

  test(
    "an acknowledged message is on disk: sync_interval always is in force",
    TIMEOUT,
    async () => {
      const folder = await Deno.realPath(await Deno.makeTempDir({ dir: root }));
      // The same configuration, with the monitoring port that the embedded server does not open.
      const config = `${configuration(folder, -1, "t", "here")}http: "127.0.0.1:-1"\n`;
      await Deno.writeTextFile(configPath(folder), config);
      const server = new Deno.Command(program, { args: ["-c", configPath(folder)] }).spawn();
      const ports = join(folder, `nats-server_${server.pid}.ports`);
      await until(() => Deno.readTextFile(ports).then((text) => text.endsWith("}"), () => false));
      const { monitoring: [url] } = JSON.parse(await Deno.readTextFile(ports));
      const varz = await (await fetch(`${url}/varz`)).json();
      expect(varz.jetstream.config).toMatchObject({ sync_always: true });
      server.kill("SIGTERM");
      await server.status;
    },
  );
});

describe("errors say what is wrong and what to do", () => {
  const failure = async (folder: string, program: string): Promise<ServerError> => {
    const error = await embeddedServer({ folder, program }).catch((error) => error);
    expect(error).toBeInstanceOf(ServerError);
    expect(error.message).not.toContain("\n");
    expect(await servers(folder)).toEqual([]);
    return error;
  };

  test("a program that is not there", TIMEOUT, async () => {
    const error = await failure(newFolder(), join(root, "no-such-server"));
    expect(error.code).toBe("server_missing");
    expect(error.message).toMatch(/no-such-server cannot be run .*remove \.venv and run it again/);
  });

  test("a server that does not start: its own last words", TIMEOUT, async () => {
    const folder = newFolder();
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "jetstream"), "not a folder");
    const error = await failure(folder, program);
    expect(error.code).toBe("server_start_failed");
    expect(error.message).toMatch(/did not start \(.*\[FTL\].*jetstream.*\): see .*server\.log/i);
  });

  test("a program that ends before it has a log", TIMEOUT, async () => {
    const broken = join(root, "nats-server");
    await Deno.writeTextFile(broken, "#!/bin/sh\necho libmissing.so: not found >&2; exit 127\n");
    await Deno.chmod(broken, 0o755);
    const error = await failure(newFolder(), broken);
    expect(error.code).toBe("server_start_failed");
    expect(error.message).toContain("libmissing.so: not found");
  });

  test("a folder that cannot be made", TIMEOUT, async () => {
    await Deno.writeTextFile(join(root, "file"), "");
    const error = await failure(join(root, "file", "nats"), program);
    expect(error.code).toBe("server_folder_unusable");
    expect(error.message).toMatch(/file\/nats, cannot be used .*make it writable/);
  });

  test("a folder in use by another container", TIMEOUT, async () => {
    const folder = newFolder();
    const server = await embeddedServer({ folder, program });
    const config = await Deno.readTextFile(configPath(folder));
    await Deno.writeTextFile(configPath(folder), config.replace(/^# place .*$/m, "# place other"));
    await expect(embeddedServer({ folder, program })).rejects.toMatchObject({
      code: "server_elsewhere",
      message: expect.stringContaining("another container or machine: close it there"),
    });
    await server.release();
  });

  test("waiting for another process ends at once on abort", TIMEOUT, async () => {
    const folder = newFolder();
    await Deno.mkdir(folder, { recursive: true });
    using held = await Deno.open(join(folder, "server.lock"), { create: true, write: true });
    await held.lock(true);
    const lines: string[] = [];
    const begun = performance.now();
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("Ctrl-C")), 200);
    await expect(
      embeddedServer({ folder, program, signal: abort.signal, progress: (l) => lines.push(l) }),
    ).rejects.toThrow("Ctrl-C");
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(lines).toEqual(["Another process is starting or stopping the event log …"]);
  });

  test("an abort while the server starts leaves none behind", TIMEOUT, async () => {
    const folder = newFolder();
    const abort = new AbortController();
    const starting = embeddedServer({
      folder,
      program,
      signal: abort.signal,
      progress: () => abort.abort(new Error("Ctrl-C")),
    });
    await expect(starting).rejects.toThrow("Ctrl-C");
    expect(await servers(folder)).toEqual([]);
    const server = await embeddedServer({ folder, program });
    expect(await answers(server)).toBe(true);
    await server.release();
  });
});
