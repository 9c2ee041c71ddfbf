/** Commands from other machines: what a handler answers itself, and what it answers as a NATS service. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../../src/command/answer.ts";
import { CommandHandler } from "../../src/command/handler.ts";
import type { CommandPort } from "../../src/command/port.ts";
import type { Command, CommandData } from "../../src/domain/command.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { LogUnavailable } from "../../src/log/log.ts";
import { eventsOf } from "../command/race.ts";
import { until } from "./embedded_user.ts";
import { startServer } from "./nats_process.ts";
import { command, compute, local, messages, ServicePlace, software } from "./service_place.ts";

let place: ServicePlace;
beforeAll(async () => {
  place = await ServicePlace.make();
});
afterAll(() => place?.end());
beforeEach(() => place.begin());
afterEach(() => place.stop());

/** What differs from one time to the next is taken out of answers. */
function comparable(answers: readonly Answer[]): unknown[] {
  return answers.map(({ events, ...answer }) => ({
    ...answer,
    events: events.map(({ event_type, sequence }) => ({ event_type, sequence })),
  }));
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
    const answers = await place.remote.submit(commands);
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
    const answers = await place.remote.submit([...many, ...large]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(Array(731).fill("accepted"));
    expect(answers.map(({ events }) => events[0]!.sequence)).toEqual(
      Array.from({ length: 731 }, (_, at) => at + 1),
    );
    expect(await place.log.lastSequence()).toBe(731);
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
    expect((await place.remote.submit(commands)).map(({ outcome, code }) => code ?? outcome))
      .toEqual(["accepted", "too_large", "accepted"]);
  });

  test("are answered even where much is odd about each", async () => {
    const interfaces = (from: number) => [{
      name: "eth0",
      kind: "ethernet",
      addresses: Array.from({ length: 60 }, (_, at) => `10.${from}.0.${at + 1}/16`),
    }];
    const commands = Array.from(
      { length: 60 },
      (_, at) => compute(`h${at}`, { interfaces: interfaces(0) }),
    );
    const answers = await place.remote.submit(commands);
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
        since: await port.position(),
        actor: "test",
        cause: commands[0]!,
      };
      return [await port.removeUnseen(scan), await port.removeUnseen(scan)];
    };
    const [afar, again] = await scans(place.remote);
    const [near] = await scans(await local());
    const named = (answers: readonly Answer[]) =>
      comparable(answers.map((answer) => ({ ...answer, message_id: "" })));
    expect(named(afar!)).toEqual(named(near!));
    expect(afar!.map(({ events }) => events[0]!.event_type)).toEqual(
      Array(5).fill("SoftwareRemoved"),
    );
    expect(again).toEqual([]);
    const last = (await eventsOf(place.log)).at(-1)!;
    expect(last).toMatchObject({ actor: "test", correlation_id: commands[0]!.correlation_id });
  });
});

describe("A sender", () => {
  test("is told what to do where nobody takes commands", async () => {
    await place.stop();
    const began = performance.now();
    const sent = place.remote.submit([compute("a")]);
    await expect(sent).rejects.toBeInstanceOf(LogUnavailable);
    await expect(sent).rejects.toMatchObject({ code: "log_unavailable" });
    await expect(sent).rejects.toThrow(
      `nobody takes commands at 127.0.0.1:${
        new URL(place.server.url).port
      }: run \`deno task cim serve commands\``,
    );
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  test("does not wait for one who does not come when told to stop", async () => {
    await place.stop();
    const enough = new AbortController();
    const sent = place.remote.submit([compute("a")], enough.signal);
    setTimeout(() => enough.abort(new Error("enough")), 50);
    const began = performance.now();
    await expect(sent).rejects.toThrow("enough");
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("is answered, and its commands are done once, though the log's server went away meanwhile", async () => {
    const away = await startServer({ lines: `authorization { token: "log" }` });
    const stream = await openJetStream({ url: away.url, token: "log", patience: Infinity });
    const patient = await CommandHandler.open(stream, messages);
    await place.serve(patient);
    const commands = [compute("a"), ...Array.from({ length: 99 }, (_, at) => software(`p${at}`))];
    expect(await place.remote.submit(commands.slice(0, 1))).toMatchObject([{
      outcome: "accepted",
    }]);
    await away.kill9();
    const sent = place.remote.submit(commands);
    await until(async () => {
      const stats = await place.there.request("$SRV.STATS", "", { timeout: 2_000 });
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
    await place.stop();
    await stream.close();
    await away.stop();
  });

  test("is answered though the server between the two went away", async () => {
    await place.server.kill9();
    const sent = place.remote.submit([compute("a")]);
    await place.server.start();
    expect(await sent).toMatchObject([{ outcome: "accepted" }]);
  });
});
