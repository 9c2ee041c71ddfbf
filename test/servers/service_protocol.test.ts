/** The service `cim-commands` by its protocol, and with requests that nobody in his right mind sends. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../../src/command/answer.ts";
import { ERROR_CODE, ERROR_TEXT } from "../../src/command/microservice.ts";
import { serveCommands, SUBMIT_SUBJECT } from "../../src/command/service.ts";
import { clock, compute, ServicePlace, software } from "./service_place.ts";

let place: ServicePlace;
beforeAll(async () => {
  place = await ServicePlace.make();
});
afterAll(() => place?.end());
beforeEach(() => place.begin());
afterEach(() => place.stop());

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
    const { code, text, data } = await place.ask(request);
    expect(code).toBe("400");
    expect(text).toMatch(/^the request/);
    expect(text!.length).toBeLessThan(200);
    expect(data.length).toBe(0);
    expect(await place.remote.submit([compute("a")])).toMatchObject([{ outcome: "accepted" }]);
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
    ["an endless field", `"command":"SetPolicy","data":{"${"x".repeat(900_000)}":1}`, "invalid"],
  ])("refuses a command with %s, and goes on", async (_, said, code) => {
    const rest = `"message_id":"${ID()}","correlation_id":"${ID()}","causation_id":null,` +
      `"actor":"mallory","source":"observed","occurred_at":"2026-11-24T12:00:00Z"`;
    const { data } = await place.ask(
      `{"commands":[{${said},${rest},"toString":null}],"__proto__":1}`,
    );
    const { answers } = JSON.parse(new TextDecoder().decode(data));
    expect(answers).toMatchObject([{ outcome: "refused", events: [], code }]);
    expect(answers[0].message.length).toBeLessThan(2_100);
    expect(await place.log.lastSequence()).toBe(0);
    expect(await place.remote.submit([compute("a")])).toMatchObject([{ outcome: "accepted" }]);
  });

  test.each([
    ["a name without end", `{"${"x".repeat(900_000)}":1}`],
    [
      "secrets in the depth",
      `${`{"k":"password=hunter2","n":`.repeat(20_000)}1${"}".repeat(20_000)}`,
    ],
    [
      "secrets for names",
      `{${Array.from({ length: 30_000 }, (_, at) => `"password=k${at}":""`).join()}}`,
    ],
  ])("answers a command with %s soon, and the others that came with it", async (_, name) => {
    const hostile = { ...compute("a"), command: "SetPolicy", data: "here" };
    const request = JSON.stringify({ commands: [compute("b"), hostile, compute("c")] });
    const began = performance.now();
    const { data } = await place.ask(request.replace('"here"', () => `{"name":${name}}`));
    expect(performance.now() - began).toBeLessThan(3_000);
    const { answers } = JSON.parse(new TextDecoder().decode(data));
    expect(answers.map((answer: Answer) => answer.code ?? answer.outcome))
      .toEqual(["accepted", "invalid", "accepted"]);
  });

  test("says who it is, what it offers, and what it has done, as NATS ADR-32 says", async () => {
    await place.remote.submit([compute("a"), compute("a"), compute("not a name")]);
    await place.remote.submit([software("x")]);
    await place.ask("nonsense");
    const say = async (subject: string) =>
      (await place.there.request(`$SRV.${subject}`, "", { timeout: 2_000 })).json<
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
      endpoints: ["submit", "remove_unseen", "position"].map((name) => ({
        ...endpoint(name),
        metadata: {},
      })),
    });
    const stats = await say("STATS.cim-commands");
    const time = expect.any(Number);
    const none = {
      num_requests: 0,
      num_errors: 0,
      last_error: "",
      processing_time: 0,
      average_processing_time: 0,
    };
    expect(stats).toEqual({
      ...ping,
      type: "io.nats.micro.v1.stats_response",
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      endpoints: [
        {
          ...endpoint("submit"),
          num_requests: 3,
          num_errors: 1,
          last_error: "400:the request is not JSON",
          processing_time: time,
          average_processing_time: time,
          data: { accepted: 2, unchanged: 1, refused: 1 },
        },
        { ...endpoint("remove_unseen"), ...none },
        { ...endpoint("position"), ...none },
      ],
    });
    const [submit] = stats.endpoints as Record<string, number>[];
    expect(submit!.processing_time).toBeGreaterThan(0);
    expect(submit!.average_processing_time).toBe(Math.trunc(submit!.processing_time! / 3));
    await expect(say("PING.another")).rejects.toThrow();
  });

  test("may run twice: the two share the requests, and each is found by itself", async () => {
    const another = await place.connect();
    const second = serveCommands(another, place.handler, clock);
    await another.flush();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => place.remote.submit([compute(`h${at}`)])),
    );
    expect(answers.flat().map(({ outcome }) => outcome)).toEqual(Array(100).fill("accepted"));
    const stats = await place.there.requestMany("$SRV.STATS.cim-commands", "", { maxWait: 300 });
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
    expect(await place.remote.submit([compute("after")])).toMatchObject([{ outcome: "accepted" }]);
    await another.close();
  });

  test("stops when it has answered what was under way, and takes nothing more", async () => {
    const go = await place.serveSlowly();
    const answers = Promise.all([1, 2, 3].map((at) => place.remote.submit([compute(`h${at}`)])));
    await delay(100);
    let stopped = false;
    const stopping = place.stop().then(() => stopped = true);
    await delay(100);
    expect(stopped).toBe(false);
    go();
    expect((await answers).flat().map(({ outcome }) => outcome)).toEqual(Array(3).fill("accepted"));
    await stopping;
    await expect(place.ask(`{"commands":[]}`)).rejects.toThrow(/no responders/i);
  });

  test("tells one who sends too much at once to come again, and then does everything once", async () => {
    const go = await place.serveSlowly();
    const answers = Promise.all(
      Array.from({ length: 100 }, (_, at) => place.remote.submit([compute(`h${at}`)])),
    );
    await delay(200);
    go();
    expect((await answers).flat().map(({ outcome }) => outcome))
      .toEqual(Array(100).fill("accepted"));
    expect(await place.log.lastSequence()).toBe(100);
  });

  test("puts no line into a header that is not its own, and no secret", async () => {
    await place.failWith(new Error("one\r\nX-Evil: two\n\n\u2028 \ud83d\ude00 password=hunter2"));
    const { code, text } = await place.ask(`{"commands":[]}`);
    expect(code).toBe("500");
    expect(text).toContain("X-Evil: two");
    const stats = await place.there.request("$SRV.STATS.cim-commands", "", { timeout: 2_000 });
    expect(stats.string()).toContain("password=[redacted]");
    expect(text + stats.string()).not.toContain("hunter2");
    const answer = await place.there.request(SUBMIT_SUBJECT, `{"commands":[]}`, {
      timeout: 2_000,
    });
    expect(answer.headers!.keys().sort()).toEqual([ERROR_TEXT, ERROR_CODE].sort());
  });
});

function ID(): string {
  return crypto.randomUUID();
}

function deep(levels: number): string {
  return '{"name":'.repeat(levels) + "1" + "}".repeat(levels);
}
