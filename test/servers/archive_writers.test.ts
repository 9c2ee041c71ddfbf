/** Who writes for long archives as well, and what is made of a log is kept apart from what is made of another. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Place } from "./cim.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

let place: Place;
let servers: NatsProcess[];
beforeAll(async () => {
  place = await Place.make();
  servers = [await startServer(), await startServer()];
});
afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
  await place?.[Symbol.asyncDispose]();
});

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

async function json(args: string[], env: Record<string, string> = {}) {
  const { code, out, err } = await place.run([...args, "--json"], { env });
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

test("Each log has an archive and snapshots of its own, and all are extended in turn", async () => {
  const local = join(place.folder, "data", "local");
  const folders = new Set<string>();
  for (const round of [1, 2]) {
    for (const url of ["", ...servers.map(({ url }) => url)]) {
      const env = { NATS_URL: url };
      // The first time enough for a snapshot.
      const count = round === 1 ? 5_001 : 1;
      const stdin = Array.from({ length: count }, (_, at) =>
        JSON.stringify({
          command: "SetPolicy",
          data: { name: `p${round} ${at}`, severity: "info", selector: "true", rule: "true" },
        })).join("\n");
      const { code, err } = await place.run(["submit", "-"], { stdin, env });
      expect(code, err).toBe(0);
      expect(err).not.toContain("archived");
      const events = round === 1 ? 5_001 : 5_002;
      const verified = await json(["archive", "--verify"], env);
      expect(verified).toMatchObject({ events, verified: true });
      const { folder } = await json(["status"], env);
      expect(verified.folder).toBe(join(folder, "archive"));
      expect(names(folder)).toEqual(expect.arrayContaining(["archive", "snapshots"]));
      folders.add(folder);
      expect(await json(["archive"], env)).toMatchObject({ events, added: 0 });
    }
  }
  const logs = names(join(local, "logs")).map((name) => join(local, "logs", name));
  expect(logs.length).toBe(2);
  expect([...folders].sort()).toEqual([local, ...logs].sort());
});

test.each([[["discover", "--watch", "1s", "--json"]], [["serve", "commands"]]])(
  "cim %j has archived everything when it is ended",
  async (args) => {
    const env = { NATS_URL: servers[0]!.url };
    const before = (await json(["status"], env)).log.last_sequence;
    const works = place.start(args, { env });
    if (args[0] === "discover") await works.line(({ kind }) => kind === "measured");
    else {
      await until(() => works.out.includes("Taking commands"));
      const { code, err } = await place.run(["discover", "--nats", env.NATS_URL]);
      expect(code, err).toBe(0);
    }
    works.kill("SIGINT");
    expect(await works.end()).toMatchObject({ code: 130 });
    expect(works.err).not.toContain("archived");
    const { log, archive } = await json(["status"], env);
    expect(log.last_sequence).toBeGreaterThan(before);
    expect(archive.last_sequence).toBe(log.last_sequence);
  },
);
