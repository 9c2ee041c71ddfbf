/** Commands from other machines: what a handler answers itself, and what it answers as a NATS service. */
import { setTimeout as delay } from "node:timers/promises";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, CommandHandler } from "../../src/command/handler.ts";
import { ERROR_CODE, ERROR_TEXT, type Microservice } from "../../src/command/microservice.ts";
import type { CommandPort } from "../../src/command/port.ts";
import { RemoteCommands } from "../../src/command/remote.ts";
import { serveCommands, SUBMIT_SUBJECT } from "../../src/command/service.ts";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { connectTo, openJetStream } from "../../src/log/jetstream.ts";
import { LogUnavailable } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { eventsOf } from "../command/race.ts";
import { until } from "./embedded_user.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

const clock = () => new Date();
const messages = new MessageFactory(clock);
const token = "of-the-service";

function command<T extends CommandType>(
  type: T,
  data: CommandData[T],
  source: Command["source"] = "observed",
): Command {
  return messages.command(type, data, { actor: "test", source }) as Command;
}
const compute = (hostname: string, more: object = {}): Command =>
  command("RegisterCompute", { hostname, resource_type: "switch", interfaces: [], ...more });
const software = (name: string, compute = "a"): Command =>
  command("ConfigureSoftware", { compute, name, kind: "package" });

let server: NatsProcess;
let here: NatsConnection;
let there: NatsConnection;
let remote: RemoteCommands;
const connect = () => connectTo({ url: server.url, token });
beforeAll(async () => {
  server = await startServer({ lines: `authorization { token: "${token}" }` });
  here = await connect();
  there = await connect();
  remote = new RemoteCommands(there);
});
afterAll(async () => {
  await here?.close();
  await there?.close();
  await server?.stop();
});

let log: MemoryLog;
let handler: CommandHandler;
let service: Microservice | undefined;
beforeEach(async () => {
  log = new MemoryLog(clock);
  handler = await CommandHandler.open(log, messages);
  await serve(handler);
});
afterEach(() => stop());

/** This one is asked from now on. */
async function serve(port: CommandPort): Promise<void> {
  await stop();
  service = serveCommands(here, port, clock);
  await here.flush();
}

async function stop(): Promise<void> {
  const before = service;
  service = undefined;
  await before?.stop();
}

/** Serves the handler, which answers nothing until it is let go. */
async function serveSlowly(): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await serve({
    submit: (commands) => promise.then(() => handler.submit(commands)),
    removeUnseen: (scan) => handler.removeUnseen(scan),
  });
  return resolve;
}

/** What differs from one time to the next is taken out of answers. */
function comparable(answers: readonly Answer[]): unknown[] {
  return answers.map(({ events, ...answer }) => ({
    ...answer,
    events: events.map(({ event_type, sequence }) => ({ event_type, sequence })),
  }));
}

/** A handler of an empty log of its own. */
async function local(): Promise<CommandHandler> {
  return await CommandHandler.open(new MemoryLog(clock), messages);
}

/** Sends what may be no request at all. */
async function ask(request: string | Uint8Array, subject = SUBMIT_SUBJECT) {
  const answer = await there.request(subject, request, { timeout: 10_000 });
  return {
    code: answer.headers?.get(ERROR_CODE),
    text: answer.headers?.get(ERROR_TEXT),
    data: answer.data,
  };
}

describe("Commands that are sent to another machine", () => {
  test("are answered as the handler there answers by itself: accepted, unchanged, refused, with findings", async () => {
    const first = compute("a", {
      interfaces: [{ name: "eth0", kind: "ethernet", addresses: ["10.0.0.7/24"] }],
    });
    const commands = [
      first,
      compute("b", {
        interfaces: [{ name: "eth0", kind: "ethernet", addresses: ["10.0.0.7/24"] }],
      }),
      software("nginx"),
      software("nginx"),
      software("nginx", "nobody"),
      first,
      command("SetPolicy", {
        name: "p",
        description: "password=hunter2",
        severity: "info",
        selector: "true",
        rule: "true",
      }),
      command("RegisterCompute", { ...first.data as CommandData["RegisterCompute"] }, "declared"),
      compute("not a name"),
      { ...compute("c"), data: { hostname: 1 } } as unknown as Command,
      { ...compute("c"), command: "constructor" } as unknown as Command,
    ];
    const answers = await remote.submit(commands);
    expect(comparable(answers)).toEqual(comparable(await (await local()).submit(commands)));
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      ...["accepted", "accepted", "accepted", "unchanged", "refused", "unchanged"],
      ...["accepted", "accepted", "refused", "refused", "refused"],
    ]);
    expect(answers.map(({ message_id }) => message_id)).toEqual(
      commands.map(({ message_id }) => message_id),
    );
    expect(answers[4]).toMatchObject({ code: "unknown_compute", field: "compute" });
    expect(answers[4]!.message).toContain("nobody");
    expect(answers[1]!.findings).toMatchObject([{ code: "shared_address" }]);
    expect(answers[5]).toMatchObject({
      events: answers[0]!.events,
      findings: [{ code: "duplicate" }],
    });
    expect(answers[6]!.findings).toMatchObject([{ code: "redacted", field: "description" }]);
  });

  test("may be more than fit into one request, by their number or by their bytes", async () => {
    const many = [compute("a"), ...Array.from({ length: 700 }, (_, at) => software(`p${at}`))];
    const large = Array.from({ length: 30 }, (_, at) =>
      command("ConfigureSoftware", {
        compute: "a",
        name: `l${at}`,
        kind: "package",
        configuration: Object.fromEntries(
          Array.from({ length: 6 }, (_, key) => [`k${key}`, "é".repeat(16_000)]),
        ),
      }));
    const answers = await remote.submit([...many, ...large]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(731).fill("accepted"));
    expect(answers.map(({ events }) => events[0]!.sequence)).toEqual(
      Array.from({ length: 731 }, (_, at) => at + 1),
    );
    expect(await log.lastSequence()).toBe(731);
  });

  test("are refused where one is too large, as they are by the handler itself", async () => {
    const configuration = Object.fromEntries(
      Array.from({ length: 130 }, (_, key) => [`k${key}`, "x".repeat(16_000)]),
    );
    const commands = [
      compute("a"),
      command("ConfigureSoftware", { compute: "a", name: "x", kind: "package", configuration }),
      software("y"),
    ];
    const answers = await (await local()).submit(commands);
    expect(answers.map(({ outcome, code }) => code ?? outcome))
      .toEqual(["accepted", "too_large", "accepted"]);
    expect((await remote.submit(commands)).map(({ outcome, code }) => code ?? outcome))
      .toEqual(["accepted", "too_large", "accepted"]);
  });

  // The answers are done commands' and too long for a message: the sender gets an error 413 and no answer.
  test.fails("are answered even where much is odd about each", async () => {
    const interfaces = (from: number) => [{
      name: "eth0",
      kind: "ethernet",
      addresses: Array.from({ length: 60 }, (_, at) => `10.${from}.0.${at + 1}/16`),
    }];
    const commands = Array.from(
      { length: 60 },
      (_, at) => compute(`h${at}`, { interfaces: interfaces(0) }),
    );
    const answers = await remote.submit(commands);
    expect(answers.length).toBe(60);
    expect(answers.every(({ outcome }) => outcome === "accepted")).toBe(true);
  });

  test("that remove what was not seen do the same from afar", async () => {
    const commands = [
      compute("a"),
      ...Array.from({ length: 20 }, (_, at) =>
        command("ConfigureSoftware", {
          compute: "a",
          name: `p${at}`,
          kind: "package",
          source: at % 2 ? "dpkg" : "npm",
        })),
    ];
    const scans = async (port: CommandPort) => {
      const answers = await port.submit(commands);
      const scan = {
        compute: answers[0]!.aggregate_id!,
        complete: ["software/package/dpkg"],
        seen: answers.slice(0, 11).map(({ aggregate_id }) => aggregate_id!),
        actor: "test",
        cause: commands[0]!,
      };
      return [await port.removeUnseen(scan), await port.removeUnseen(scan)];
    };
    const [afar, again] = await scans(remote);
    const [near] = await scans(await local());
    const named = (answers: readonly Answer[]) =>
      comparable(answers.map((answer) => ({ ...answer, message_id: "" })));
    expect(named(afar!)).toEqual(named(near!));
    expect(afar!.map(({ events }) => events[0]!.event_type)).toEqual(
      Array(5).fill("SoftwareRemoved"),
    );
    expect(again).toEqual([]);
    const last = (await eventsOf(log)).at(-1)!;
    expect(last).toMatchObject({ actor: "test", correlation_id: commands[0]!.correlation_id });
  });
});

describe("The service `cim-commands`", () => {
  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["no UTF-8", new Uint8Array([123, 34, 255, 34, 125])],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", `"${"x".repeat(900_000)}"`],
    ["no commands", "{}"],
    ["null for commands", `{"commands":null}`],
    ["a null for a command", `{"commands":[${Array(10_000).fill("null")}]}`],
    ["a list for a command", `{"commands":[[]]}`],
    ["a command without an id", `{"commands":[{"command":"SetPolicy"}]}`],
    ["an id that is none", `{"commands":[{"command":"SetPolicy","message_id":"__proto__"}]}`],
    ["a type that is no text", `{"commands":[{"command":{},"message_id":"${ID()}"}]}`],
    ["lists in lists", "[".repeat(400_000)],
  ])("answers a request that is %s with the error 400, and goes on", async (_, request) => {
    const { code, text, data } = await ask(request);
    expect(code).toBe("400");
    expect(text).toMatch(/^the request/);
    expect(text!.length).toBeLessThan(200);
    expect(data.length).toBe(0);
    expect(await remote.submit([compute("a")])).toMatchObject([{ outcome: "accepted" }]);
  });

  test.each([
    ["a type of objects' own", `"command":"__proto__"`, "unknown_command"],
    ["another one", `"command":"hasOwnProperty"`, "unknown_command"],
    ["an endless type", `"command":"${"x".repeat(900_000)}"`, "unknown_command"],
    ["no data", `"command":"SetPolicy"`, "invalid"],
    ["null for data", `"command":"SetPolicy","data":null`, "invalid"],
    ["data as deep as JSON goes", `"command":"SetPolicy","data":${deep(100_000)}`, "invalid"],
    ["data that is deep", `"command":"SetPolicy","data":${deep(3_000)}`, "invalid"],
    ["a prototype for data", `"command":"SetPolicy","data":{"__proto__":{"name":"p"}}`, "invalid"],
    [
      "an endless name",
      `"command":"SetPolicy","data":{"name":"${"x".repeat(900_000)}"}`,
      "invalid",
    ],
    ["unknown fields", `"command":"SetPolicy","data":{"name":"p","x":1}`, "invalid"],
  ])("refuses a command with %s, and goes on", async (_, said, code) => {
    const rest = `"message_id":"${ID()}","correlation_id":"${ID()}","causation_id":null,` +
      `"actor":"mallory","source":"observed","occurred_at":"2026-11-24T12:00:00Z"`;
    const { data } = await ask(`{"commands":[{${said},${rest},"toString":null}],"__proto__":1}`);
    const { answers } = JSON.parse(new TextDecoder().decode(data));
    expect(answers).toMatchObject([{ outcome: "refused", events: [], code }]);
    expect(answers[0].message.length).toBeLessThan(1_000);
    expect(await log.lastSequence()).toBe(0);
    expect(await remote.submit([compute("a")])).toMatchObject([{ outcome: "accepted" }]);
  });

  test("says who it is, what it offers, and what it has done, as NATS ADR-32 says", async () => {
    await remote.submit([compute("a"), compute("a"), compute("not a name")]);
    await remote.submit([software("x")]);
    await ask("nonsense");
    const say = async (subject: string) =>
      (await there.request(`$SRV.${subject}`, "", { timeout: 2_000 })).json<
        Record<string, unknown>
      >();
    const ping = await say("PING");
    const { id } = ping;
    expect(id).toMatch(/^\w{10,}$/);
    const own = { name: "cim-commands", id, metadata: {} };
    expect(ping).toEqual({ type: "io.nats.micro.v1.ping_response", version: ping.version, ...own });
    // The regular expression of semver.org, without its pre-releases.
    expect(ping.version).toMatch(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/);
    expect(ping.name).toMatch(/^[A-Za-z0-9_-]+$/);
    for (const subject of ["PING.cim-commands", `PING.cim-commands.${id}`]) {
      expect(await say(subject)).toEqual(ping);
    }
    const endpoint = (name: string) => ({
      name,
      subject: `cim.commands.${name}`,
      queue_group: "q",
    });
    expect(await say(`INFO.cim-commands.${id}`)).toEqual({
      ...ping,
      type: "io.nats.micro.v1.info_response",
      description: expect.stringMatching(/commands/),
      endpoints: ["submit", "remove_unseen"].map((name) => ({ ...endpoint(name), metadata: {} })),
    });
    const stats = await say("STATS.cim-commands");
    const time = expect.any(Number);
    expect(stats).toEqual({
      ...ping,
      type: "io.nats.micro.v1.stats_response",
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      endpoints: [{
        ...endpoint("submit"),
        num_requests: 3,
        num_errors: 1,
        last_error: "400:the request is not JSON",
        processing_time: time,
        average_processing_time: time,
        data: { accepted: 2, unchanged: 1, refused: 1 },
      }, {
        ...endpoint("remove_unseen"),
        num_requests: 0,
        num_errors: 0,
        last_error: "",
        processing_time: 0,
        average_processing_time: 0,
      }],
    });
    const [submit] = stats.endpoints as Record<string, number>[];
    expect(submit!.processing_time).toBeGreaterThan(0);
    expect(submit!.average_processing_time).toBe(Math.trunc(submit!.processing_time! / 3));
    await expect(say("PING.another")).rejects.toThrow();
  });

  test("may run twice: the two share the requests, and each is found by itself", async () => {
    const another = await connect();
    const second = serveCommands(another, handler, clock);
    await another.flush();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => remote.submit([compute(`h${at}`)])),
    );
    expect(answers.flat().map(({ outcome }) => outcome)).toEqual(Array(100).fill("accepted"));
    const stats = await there.requestMany("$SRV.STATS.cim-commands", "", { maxWait: 300 });
    const served = (await Array.fromAsync(stats)).map((answer) => {
      const { id, endpoints: [submit] } = answer.json<
        { id: string; endpoints: { num_requests: number }[] }
      >();
      return { id, requests: submit!.num_requests };
    });
    expect(new Set(served.map(({ id }) => id)).size).toBe(2);
    expect(served.reduce((sum, { requests }) => sum + requests, 0)).toBe(100);
    expect(Math.min(...served.map(({ requests }) => requests))).toBeGreaterThan(0);
    await second.stop();
    expect(await remote.submit([compute("after")])).toMatchObject([{ outcome: "accepted" }]);
    await another.close();
  });

  test("stops when it has answered what was under way, and takes nothing more", async () => {
    const go = await serveSlowly();
    const answers = Promise.all([1, 2, 3].map((at) => remote.submit([compute(`h${at}`)])));
    await delay(100);
    let stopped = false;
    const stopping = stop().then(() => stopped = true);
    await delay(100);
    expect(stopped).toBe(false);
    go();
    expect((await answers).flat().map(({ outcome }) => outcome)).toEqual(Array(3).fill("accepted"));
    await stopping;
    await expect(ask(`{"commands":[]}`)).rejects.toThrow(/no responders/i);
  });

  test("tells one who sends too much at once to come again, and then does everything once", async () => {
    const go = await serveSlowly();
    const answers = Promise.all(
      Array.from({ length: 100 }, (_, at) => remote.submit([compute(`h${at}`)])),
    );
    await delay(200);
    go();
    expect((await answers).flat().map(({ outcome }) => outcome))
      .toEqual(Array(100).fill("accepted"));
    expect(await log.lastSequence()).toBe(100);
  });

  test("puts no line into a header that is not its own", async () => {
    await serve({
      submit: () => Promise.reject(new Error("one\r\nX-Evil: two\n\n\u2028 \ud83d\ude00")),
      removeUnseen: () => Promise.reject(new Error("x")),
    });
    const { code, text } = await ask(`{"commands":[]}`);
    expect(code).toBe("500");
    expect(text).toContain("X-Evil: two");
    const answer = await there.request(SUBMIT_SUBJECT, `{"commands":[]}`, {
      timeout: 2_000,
      headers: headers(),
    });
    expect(answer.headers!.keys().sort()).toEqual([ERROR_TEXT, ERROR_CODE].sort());
  });
});

describe("A sender", () => {
  test("is told what to do where nobody takes commands", async () => {
    await stop();
    const began = performance.now();
    const sent = remote.submit([compute("a")]);
    await expect(sent).rejects.toBeInstanceOf(LogUnavailable);
    await expect(sent).rejects.toMatchObject({ code: "log_unavailable" });
    await expect(sent).rejects.toThrow(
      `nobody takes commands at 127.0.0.1:${
        new URL(server.url).port
      }: run \`deno task cim serve commands\``,
    );
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  test("does not wait for one who does not come when told to stop", async () => {
    await stop();
    const enough = new AbortController();
    const sent = remote.submit([compute("a")], enough.signal);
    setTimeout(() => enough.abort(new Error("enough")), 50);
    const began = performance.now();
    await expect(sent).rejects.toThrow("enough");
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("is answered, and its commands are done once, though the log's server went away meanwhile", async () => {
    const away = await startServer({ lines: `authorization { token: "log" }` });
    const stream = await openJetStream({ url: away.url, token: "log", patience: Infinity });
    const patient = await CommandHandler.open(stream, messages);
    await serve(patient);
    const commands = [compute("a"), ...Array.from({ length: 99 }, (_, at) => software(`p${at}`))];
    expect(await remote.submit(commands.slice(0, 1))).toMatchObject([{ outcome: "accepted" }]);
    await away.kill9();
    const sent = remote.submit(commands);
    await until(async () => {
      const stats = await there.request("$SRV.STATS", "", { timeout: 2_000 });
      return stats.string().includes('"last_error":"503:the log');
    });
    await away.start();
    const [first, ...rest] = await sent;
    expect(first).toMatchObject({ outcome: "unchanged", findings: [{ code: "duplicate" }] });
    const done = rest.filter(({ outcome, findings }) =>
      outcome === "accepted" || findings.some(({ code }) => code === "duplicate")
    );
    expect(done.length).toBe(99);
    expect((await eventsOf(stream)).map(({ causation_id }) => causation_id).sort()).toEqual(
      commands.map(({ message_id }) => message_id).sort(),
    );
    await stop();
    await stream.close();
    await away.stop();
  });

  test("is answered though the server between the two went away", async () => {
    await server.kill9();
    const sent = remote.submit([compute("a")]);
    await server.start();
    expect(await sent).toMatchObject([{ outcome: "accepted" }]);
  });
});

function ID(): string {
  return crypto.randomUUID();
}

function deep(levels: number): string {
  return '{"name":'.repeat(levels) + "1" + "}".repeat(levels);
}
