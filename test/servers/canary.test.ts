/** What must never be kept: canaries are put where secrets are, and then everything that is kept is looked through. */
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TABLES } from "../../src/projections/sql/tables.ts";
import { type Line, parsed, Place, type Ran } from "./cim.ts";
import { fileOf } from "./command_lines.ts";
import { servers, until } from "./embedded_user.ts";

/** In every canary; put together here, so that this file is none. */
const CANARY = ["canary", "5up3r53cr3t"].join("-");
let place: Place;
let program: Deno.ChildProcess;
let port: number;

beforeAll(async () => {
  place = await Place.make({ CIM_TEST_SECRET: `${CANARY}-own` });
  await place.file(`${CANARY}-file.txt`, `${CANARY}-content`);
  program = new Deno.Command("python3", {
    args: [
      ...["-u", "-c", LISTEN],
      ...["--token", `${CANARY}-token`, `--password=${CANARY}-password`, `${CANARY}-argument`],
    ],
    cwd: place.folder,
    env: { SECRET: `${CANARY}-environment`, DATABASE_URL: `postgres://u:${CANARY}@h/d` },
    stdout: "piped",
  }).spawn();
  const { value } = await program.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  port = Number(value);
});
afterAll(async () => {
  program?.kill("SIGKILL");
  await program?.status;
  expect(await servers(place.folder)).toEqual([]);
  await place?.[Symbol.asyncDispose]();
});

const LISTEN = `
import socket, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
time.sleep(600)
`;

/** The files under a folder in whose name or bytes a canary is. */
async function withCanary(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await withCanary(path));
    // As Latin-1 every byte is a character.
    const bytes = isFile ? new TextDecoder("latin1").decode(await Deno.readFile(path)) : "";
    if ((name + bytes).includes(CANARY)) found.push(path);
  }
  return found;
}

/** Fails if a canary is in a file, in the log's events, or in a table that is made of them. */
async function expectNowhere(): Promise<Line[]> {
  expect(await withCanary(join(place.folder, "data", "local"))).toEqual([]);
  const { out } = await place.run(["log", "--json"]);
  expect(out).not.toContain(CANARY);
  expect((await place.run(["log"])).out).not.toContain(CANARY);
  const all = TABLES.map(({ name }) =>
    `SELECT '${name}' AS name, ${name}::VARCHAR AS row FROM ${name}`
  );
  const rows = await place.run(["sql", all.join(" UNION ALL "), "--format", "json"]);
  expect([rows.code, JSON.parse(rows.out).length > 0]).toEqual([0, true]);
  expect(rows.out).not.toContain(CANARY);
  expect((await place.run(["replay", "--into", "model.duckdb"])).code).toBe(0);
  const model = new TextDecoder("latin1").decode(
    await Deno.readFile(join(place.folder, "model.duckdb")),
  );
  expect(model).not.toContain(CANARY);
  return parsed(out);
}

describe("Of a machine that is looked at", () => {
  test("no argument, no variable and no file's name is kept or shown, while the program itself is", async () => {
    const ran: Ran[] = [await place.run(["discover"]), await place.run(["discover", "--json"])];
    const watching = place.start(["discover", "--watch", "1s"]);
    await until(() => /Looked at .*\n.*Measured/.test(watching.out));
    await delay(1_000); // and a second look
    watching.kill("SIGINT");
    ran.push(await watching.end());
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 130]);
    expect(ran[2]!.out).toMatch(/Looked at .*\n.*Measured/);
    for (const { out, err } of ran) expect(out + err).not.toContain(CANARY);
    const events = await expectNowhere();
    const listening = events.find(({ event_type, data }) =>
      event_type === "SoftwareConfigured" &&
      data.listening?.some((one: { port: number }) => one.port === port)
    );
    expect(listening?.data).toMatchObject({
      kind: "process",
      name: expect.stringMatching(/^python/),
    });
  });
});

describe("A secret that somebody submits", () => {
  test("is nowhere, in the log its redacted form is, and the snapshot of the write model is made of that", async () => {
    const policy = (name: string) => ({
      command: "SetPolicy",
      data: { name, severity: "info", selector: "true", rule: "true" },
    });
    const compute = {
      hostname: "db-01",
      resource_type: "switch",
      interfaces: [],
      owner: `ada, password=${CANARY}-1`,
      tags: { note: `password=${CANARY}-2`, db_password: `${CANARY}-3`, plain: "kept" },
    };
    const lines = [
      { command: "RegisterCompute", data: compute },
      { command: "RegisterCompute", data: { ...compute, hostname: `a password=${CANARY}-4` } },
      { command: "RegisterCompute", data: { ...compute, api_token: `${CANARY}-5` } },
      { ...policy("x"), actor: `token=${CANARY}-6` },
      { ...policy("y"), password: `${CANARY}-7` },
      {
        command: "ConfigureSoftware",
        data: {
          compute: "db-01",
          name: "db",
          kind: "service",
          configuration: { url: `postgres://u:${CANARY}-8@h/d`, [`secret=${CANARY}-9`]: "x" },
        },
      },
      // Enough for a snapshot.
      ...Array.from({ length: 5_100 }, (_, at) => policy(`p${at}`)),
    ];
    const { out, err } = await place.run(["submit", "-", "--json"], { stdin: fileOf(lines) });
    expect(out + err).not.toContain(CANARY);
    expect(parsed(out).slice(0, 7).map(({ outcome }) => outcome)).toEqual([
      ...["accepted", "refused", "refused", "accepted", "refused", "accepted", "accepted"],
    ]);
    const snapshot = await Deno.readTextFile(
      join(place.folder, "data", "local", "snapshots", "inventory.jsonl"),
    );
    expect(snapshot).toContain("password=[redacted]");
    const events = await expectNowhere();
    expect(events.find(({ data }) => data.hostname === "db-01").data).toMatchObject({
      owner: "ada, password=[redacted]",
      tags: { note: "password=[redacted]", db_password: "[redacted]", plain: "kept" },
    });
    expect(events.find(({ data }) => data.name === "x").actor).toBe("token=[redacted]");
    expect(events.find(({ data }) => data.name === "db").data.configuration).toEqual({
      url: "postgres://u:[redacted]@h/d",
      "secret=[redacted]": "x",
    });
  });
});
