/** Commands from other machines where there are many of them, or the server takes only small messages. */
import { afterEach, describe, expect, test } from "vitest";
import type { Answer } from "../../src/command/answer.ts";
import type { CommandPort } from "../../src/command/port.ts";
import type { Command } from "../../src/domain/command.ts";
import { LogFull, LogUnavailable } from "../../src/log/log.ts";
import { command, compute, local, ServicePlace, software } from "./service_place.ts";

let place: ServicePlace;
afterEach(async () => {
  await place.stop();
  await place.end();
});

async function served(lines?: string): Promise<void> {
  place = await ServicePlace.make(lines);
  await place.begin();
}

/** Answers to all commands, with more in each than fits. */
function answering(answer: (at: number) => Partial<Answer>) {
  const submit = (commands: readonly Command[]) =>
    Promise.resolve(commands.map(({ message_id }, at): Answer => ({
      message_id,
      outcome: "unchanged",
      events: [],
      findings: [],
      ...answer(at),
    })));
  return place.serve({
    submit,
    position: () => Promise.resolve(0),
    removeUnseen: () => Promise.resolve([]),
  });
}

const finding = (at: number) => ({
  code: "shared_address" as const,
  field: `interfaces/${at}`,
  message: "é".repeat(300),
});

describe("To a server that takes only small messages", () => {
  test.each([
    ["many", () => Array.from({ length: 600 }, () => "x")],
    ["large", () => Array.from({ length: 60 }, () => "x".repeat(16_000))],
    ["of many bytes a character", () => Array.from({ length: 60 }, () => "€".repeat(16_000))],
    ["full of what JSON escapes", () => Array.from({ length: 60 }, () => '"'.repeat(16_000))],
  ])("commands are sent in slices that fit: %s", async (_, texts) => {
    await served("max_payload: 128KB");
    const commands = [
      compute("a"),
      ...texts().map((description, at) =>
        command("ConfigureSoftware", {
          compute: "a",
          name: `p${at}`,
          kind: "package",
          configuration: { description },
        })
      ),
    ];
    const answers = await place.remote.submit(commands);
    expect(answers.map(({ message_id }) => message_id))
      .toEqual(commands.map(({ message_id }) => message_id));
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["accepted"]));
  });

  test("one that is too large for a message is refused, and the others are not", async () => {
    await served("max_payload: 64KB");
    const configuration = Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [`k${at}`, "x".repeat(16_000)]),
    );
    const large = { compute: "a", name: "l", kind: "package" as const, configuration };
    const answers = await place.remote.submit([
      compute("a"),
      command("ConfigureSoftware", large),
      software("x"),
    ]);
    expect(answers.map(({ outcome, code }) => code ?? outcome))
      .toEqual(["accepted", "too_large", "accepted"]);
    expect(answers[1]!.message).toMatch(/takes 80\d{3} bytes; at most 65536 are possible/);
  });
});

describe("Answers that would not fit into a message", () => {
  test("say of each command what became of it, and leave findings out of those that have most", async () => {
    await served();
    await answering((at) => ({
      findings: Array.from({ length: at % 2 === 0 ? 20 : 3 }, (_, at) => finding(at)),
    }));
    const answers = await place.remote.submit(Array.from({ length: 250 }, () => compute("a")));
    expect(answers.length).toBe(250);
    expect(answers.map(({ findings }) => findings.length))
      .toEqual(Array.from({ length: 250 }, (_, at) => at % 2 === 0 ? 5 : 3));
  });

  test("leave nothing out where there is room", async () => {
    await served();
    const findings = Array.from({ length: 20 }, (_, at) => finding(at));
    await answering(() => ({ findings }));
    const answers = await place.remote.submit(Array.from({ length: 50 }, () => compute("a")));
    for (const answer of answers) expect(answer.findings).toEqual(findings);
  });

  test("cut what is said of refusals", async () => {
    await served("max_payload: 128KB");
    await answering(() => ({
      outcome: "refused",
      code: "invalid",
      field: "f".repeat(2_000),
      message: "m".repeat(2_000),
    }));
    const answers = await place.remote.submit(Array.from({ length: 250 }, () => compute("a")));
    expect(answers.length).toBe(250);
    for (const { message, field } of answers) {
      expect(message).toMatch(/^m{60,}…?$/);
      expect(field).toMatch(/^f{60,}…?$/);
    }
    expect(answers[0]!.message!.length).toBeLessThanOrEqual(500);
  });
});

describe("What a scan has not seen is removed as by the handler itself", () => {
  /** A handler that knows so many packages of a machine, and what it answers to scans of it. */
  async function knowing(count: number) {
    const handler = await local();
    const known = await handler.submit([
      compute("a"),
      ...Array.from({ length: count }, (_, at) => software(`p${at}`)),
    ]);
    const [root, ...ids] = known.map(({ aggregate_id }) => aggregate_id!);
    const since = await handler.position();
    const scan = async (port: CommandPort, seen: number) => {
      const answers = await port.removeUnseen({
        compute: root!,
        complete: ["software/package"],
        seen: ids.slice(0, seen),
        since,
        actor: "test",
        cause: compute("a"),
      });
      return answers.map(({ message_id: _, events, ...answer }) => ({
        ...answer,
        events: events.map(({ event_type, sequence }) => ({ event_type, sequence })),
      }));
    };
    return { handler, scan };
  }

  test.each([
    ["60,000 things", 60_000, ""],
    ["6,000 by a server that takes only small messages", 6_000, "max_payload: 64KB"],
  ])("%s", async (_, count, lines) => {
    await served(lines);
    const [far, near] = [await knowing(count), await knowing(count)];
    await place.serve(far.handler);
    let left = count;
    for (const seen of [count, count - 10, count - 10, count / 2, 0]) {
      const answers = await far.scan(place.remote, seen);
      expect(answers.length).toBe(left - seen);
      expect(answers).toEqual(await near.scan(near.handler, seen));
      left = seen;
    }
  });
});

describe("A service that has a trouble of its own", () => {
  test.each([
    ["no room", new LogFull("its disk has 3 MB left", "make room for 20 MB"), "507"],
    ["another log", new Error("the event log is not the one that was opened"), "500"],
  ])("says so, and its sender that the log is out of reach: %s", async (_, error, code) => {
    await served();
    await place.failWith(error);
    expect(await place.ask(`{"commands":[]}`)).toMatchObject({ code, text: error.message });
    const sent = place.remote.submit([compute("a")]);
    await expect(sent).rejects.toBeInstanceOf(LogUnavailable);
    await expect(sent).rejects.toThrow(` cannot take commands now: ${error.message}`);
  });
});
