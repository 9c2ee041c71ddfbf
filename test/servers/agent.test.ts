/** Agents and the service that they send to, as processes: `cim discover --nats` and `cim serve commands`. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cim, parsed, Place, type Ran } from "./cim.ts";
import { servers, until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

const token = "tok3n-that-nobody-prints";
let server: NatsProcess;
/** Where the log is written. */
let central: Place;
/** The machine that is looked at, which keeps no log. */
let field: Place;
let serving: Cim;
const outputs: Ran[] = [];

beforeAll(async () => {
  server = await startServer({ lines: `authorization { token: "${token}" }` });
  central = await Place.make({ NATS_URL: server.url, NATS_TOKEN: token });
  field = await Place.make({ NATS_TOKEN: token });
  serving = central.start(["serve", "commands"]);
  await until(() => serving.out.includes("\n"));
});
afterAll(async () => {
  serving?.kill("SIGKILL");
  await serving?.end();
  await central?.[Symbol.asyncDispose]();
  await field?.[Symbol.asyncDispose]();
  await server?.stop();
});

async function kept(run: Promise<Ran>): Promise<Ran> {
  const ran = await run;
  outputs.push(ran);
  return ran;
}
const agent = (...more: string[]) => ["discover", "--nats", server.url, "--json", ...more];
const log = async (...more: string[]) =>
  parsed((await central.run(["log", "--json", ...more])).out);

/** The server answers nothing any more, until it is let go on. */
async function silent(): Promise<() => Promise<void>> {
  const [pid] = await servers(server.folder);
  Deno.kill(pid!, "SIGSTOP");
  return () => Promise.resolve(Deno.kill(pid!, "SIGCONT"));
}

/** The server is killed, until it is started again. */
async function gone(): Promise<() => Promise<void>> {
  await server.kill9();
  return () => server.start();
}

describe("An agent", () => {
  test("writes its machine into the log of another one, and keeps nothing itself", async () => {
    expect(serving.out).toMatch(/^Taking commands at 127\.0\.0\.1:\d+ on cim\.commands\.submit\n$/);
    const { code, out, err } = await kept(field.run(agent()));
    expect([code, err.includes("Error")]).toEqual([0, false]);
    const [discovery] = parsed(out);
    const events = await log();
    expect(events.length).toBe(discovery.last_sequence);
    expect(events[0]).toMatchObject({
      event_type: "ComputeRegistered",
      aggregate_id: discovery.compute_id,
      actor: `discover@${discovery.compute.hostname}`,
      correlation_id: discovery.correlation_id,
    });
    const types = new Set(events.map(({ event_type }) => event_type));
    for (const type of ["NetworkDefined", "SoftwareConfigured", "MeasurementsRecorded"]) {
      expect(types).toContain(type);
    }
    await expect(Deno.stat(`${field.folder}/data`)).rejects.toThrow(Deno.errors.NotFound);
  });

  test("writes again only what has changed, and what it measured", async () => {
    const before = await log();
    const [discovery] = parsed((await kept(field.run(agent()))).out);
    expect(discovery.compute_id).toBe(before[0].aggregate_id);
    expect(discovery.outcomes.RegisterCompute).toEqual({ accepted: 0, unchanged: 1, refused: 0 });
    expect(discovery.outcomes.DefineNetwork.accepted).toBe(0);
    const written = await log("--from", String(before.length + 1));
    expect(written.filter(({ event_type }) => event_type === "MeasurementsRecorded").length)
      .toBe(discovery.outcomes.RecordMeasurements.accepted);
    // Programs and their connections come and go while tests run; packages do not.
    for (const { event_type, data } of written) {
      if (!event_type.startsWith("Software")) continue;
      expect(data).toMatchObject({ kind: "process" });
    }
  });

  test("that watches goes on by itself when the server was killed and is back, and ends on Ctrl-C", async () => {
    const watching = field.start(agent("--watch", "1s"));
    await watching.line(({ kind }) => kind === "measured");
    expect(watching.lines[0]).toMatchObject({ kind: "discovered" });
    const { discovery: { compute_id } } = watching.lines[0];
    await server.kill9();
    await watching.line(({ kind }) => kind === "missed");
    expect(watching.lines.at(-1).reason).toMatch(/^nobody takes commands at 127\.0\.0\.1:\d+: /);
    await server.start();
    const missed = watching.lines.length;
    await until(() => watching.lines.slice(missed).some(({ kind }) => kind === "measured"));
    const { last_sequence } = watching.lines.findLast(({ kind }) => kind === "measured");
    const events = await log("--type", "MeasurementsRecorded");
    expect(events.find(({ sequence }) => sequence === last_sequence)).toMatchObject({
      aggregate_id: compute_id,
    });
    watching.kill("SIGINT");
    const began = performance.now();
    const { code, err } = await kept(watching.end());
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted: what was acknowledged is kept/);
    expect(watching.lines.filter(({ kind }) => kind === "measured").length).toBeGreaterThan(1);
  });

  test("that may not in, and one that nobody listens to, say so in a line", async () => {
    const stranger = await field.run(agent(), { env: { NATS_TOKEN: "wrong-w0rd" } });
    expect([stranger.code, stranger.out]).toEqual([1, ""]);
    expect(stranger.err).toMatch(/^cim: the server at 127\.0\.0\.1:\d+ cannot be reached: .*\n$/);
    expect(stranger.err).not.toContain("wrong-w0rd");
    serving.kill("SIGINT");
    const served = await kept(serving.end());
    expect([served.code, served.err]).toEqual([130, expect.stringContaining("interrupted")]);
    const alone = await kept(field.run(agent()));
    serving = central.start(["serve", "commands"]);
    await until(() => serving.out.includes("\n"));
    expect([alone.code, alone.out]).toEqual([1, ""]);
    expect(alone.err).toMatch(
      /\ncim: nobody takes commands at .*: run `deno task cim serve commands` where the log is\n$/,
    );
  });

  test.each([
    ["silent", silent],
    ["gone", gone],
  ])("ends on Ctrl-C also while its server is %s", async (_, silence) => {
    const watching = field.start(agent("--watch", "1s"));
    await watching.line(({ kind }) => kind === "measured");
    const back = await silence();
    await delay(1_200);
    watching.kill("SIGINT");
    const began = performance.now();
    const { code, err } = await kept(watching.end());
    await back();
    expect([code, err]).toEqual([130, expect.stringContaining("interrupted")]);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

test("No output of all these has the token or a stack trace in it", () => {
  expect(outputs.length).toBeGreaterThan(6);
  for (const { out, err } of outputs) {
    expect(out + err).not.toContain(token);
    expect(err).not.toMatch(/^\s+at |should not have happened/m);
  }
});
