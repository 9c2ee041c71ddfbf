import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { LineStream, TOO_LONG } from "../../src/command/lines.ts";
import { type LineAnswer, submitLines } from "../../src/command/submit_lines.ts";
import { decodeEvent } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";

const clock = () => new Date();
const encode = (text: string) => new TextEncoder().encode(text);

async function submit(...chunks: Uint8Array[]) {
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const port = await CommandHandler.open(log, messages);
  const answers: LineAnswer[] = [];
  for await (
    const answer of submitLines(ReadableStream.from(chunks) as ReadableStream<Uint8Array>, {
      port,
      messages,
      actor: "ada",
    })
  ) answers.push(answer);
  return { log, answers };
}

const policy = (name: string, more = {}) =>
  JSON.stringify({
    command: "SetPolicy",
    data: { name, severity: "info", selector: "true", rule: "true" },
    ...more,
  });

const ID = "11111111-1111-4111-8111-111111111111";
const TOKEN = `ghp_${"a1B2".repeat(9)}`;
const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("A line", () => {
  test("says who and what it belongs to, or leaves that to others", async () => {
    const id = (digit: string) => `${digit.repeat(8)}-1111-4111-8111-111111111111`;
    const { log, answers } = await submit(encode(
      [
        policy("p"),
        policy("q", {
          message_id: id("1"),
          correlation_id: id("2"),
          actor: "grace",
          source: "observed",
        }),
        policy("r", { message_id: id("3") }),
      ].join("\n"),
    ));
    const events = (await Array.fromAsync(log.read())).map(decodeEvent);
    expect(events.map(({ actor, causation_id, correlation_id }) => [
      actor,
      causation_id,
      correlation_id,
    ])).toEqual([
      ["ada", answers[0]!.answer.message_id, answers[0]!.answer.message_id],
      ["grace", id("1"), id("2")],
      ["ada", id("3"), id("3")],
    ]);
    expect(answers.map(({ line, answer }) => [line, answer.outcome, answer.message_id]).slice(1))
      .toEqual([[2, "accepted", id("1")], [3, "accepted", id("3")]]);
  });

  test("that is empty is passed over, and counted", async () => {
    const { answers } = await submit(encode(`\n \t\r\n${policy("p")}\r\n\n${policy("q")}`));
    expect(answers.map(({ line, answer }) => [line, answer.outcome]))
      .toEqual([[3, "accepted"], [5, "accepted"]]);
  });

  test.each<[string, string | Uint8Array, string, string]>([
    ["no JSON", "nonsense", "invalid_json", ""],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "invalid_json", ""],
    ["no object", "[1]", "invalid", ""],
    ["null", "null", "invalid", ""],
    ["without a command", '{"data":{}}', "invalid", "command"],
    ["without data", '{"command":"SetPolicy"}', "invalid", "data"],
    ["with a field too many", policy("p", { when: "now" }), "invalid", "when"],
    ["with an id that is none", policy("p", { message_id: "1" }), "invalid", "message_id"],
    ["with another source", policy("p", { source: "guessed" }), "invalid", "source"],
    ["of an unknown command", '{"command":"Explode","data":{}}', "unknown_command", "command"],
    ["of a prototype's name", '{"command":"toString","data":{}}', "unknown_command", "command"],
    ["with nonsense inside", policy("", {}), "invalid", "name"],
    ["with half a surrogate pair", policy("\ud800"), "invalid", "name"],
  ])("that is %s is refused, and holds up nothing", async (_, line, code, field) => {
    const bytes = typeof line === "string" ? encode(line) : line;
    const { answers, log } = await submit(bytes, encode(`\n${policy("ok")}\n`));
    expect(answers).toMatchObject([
      { line: 1, answer: { outcome: "refused", code, field } },
      { line: 2, answer: { outcome: "accepted" } },
    ]);
    expect(answers[0]!.answer.message).toBeTruthy();
    expect(await log.lastSequence()).toBe(1);
  });

  test.each([
    ["with a field too many", policy("p", { message_id: ID, when: "now" }), ID],
    ["without data", JSON.stringify({ command: "SetPolicy", message_id: ID }), ID],
    ["that the door refuses", policy("", { message_id: ID }), ID],
    ["with an id that is none", policy("p", { message_id: "1" }), null],
    ["with an object for an id", policy("p", { message_id: { id: ID } }), null],
    ["of an object within a list", `[${policy("p", { message_id: ID })}]`, null],
    ["of no JSON", `{"message_id":"${ID}",`, null],
  ])("%s is answered with its message id, if it has one", async (_, line, id) => {
    const { answers } = await submit(encode(line));
    expect(answers).toMatchObject([{ answer: { outcome: "refused", message_id: id } }]);
  });

  test.each([
    ["outside of quotes", `{"password":hunter2hunter2`],
    ["outside of quotes, in a longer line", `{"command":"SetPolicy","password":${TOKEN},"data":1}`],
    ["outside of JSON", `{"command":"SetPolicy","data":{}} ${TOKEN}`],
    ["alone on a line", TOKEN],
    ["alone on a line, as a text", JSON.stringify(TOKEN)],
    ["in a text without end", `{"actor":"${TOKEN}`],
    ["in a list", JSON.stringify(["x".repeat(60), TOKEN])],
    ["for an actor", policy("p", { actor: { token: "hunter2hunter2" } })],
    ["in what an actor has", policy("p", { actor: ["x".repeat(60), TOKEN] })],
    ["beside endless lists", policy("p", { actor: [TOKEN] }).replace('"true"', deep(10_000))],
    ["for a correlation", policy("p", { correlation_id: TOKEN })],
    ["for a message id", policy("p", { message_id: TOKEN })],
    ["for a source", policy("p", { source: `${"x".repeat(65)} ${TOKEN}` })],
    ["for a field", policy("p", { [TOKEN]: 1 })],
    ["at the end of an endless field", policy("p", { [`${"x y ".repeat(497)}${TOKEN}`]: 1 })],
    ["for a command", JSON.stringify({ command: TOKEN, data: {} })],
    ["in what is no name", policy("p", { data: { name: ["x", TOKEN] } })],
  ])("with a secret %s is refused, and the answer has nothing of it", async (_, line) => {
    const { answers } = await submit(encode(line));
    expect(answers).toMatchObject([{ answer: { outcome: "refused" } }]);
    expect(JSON.stringify(answers)).not.toMatch(/hunt|ghp_a|a1B2/);
  });

  test.each([
    ["{'a':1}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ["[1,2", "Expected ',' or ']' after array element in JSON at position 4 (line 1 column 5)"],
    ["nonsense", "Unexpected token 'o'"],
    ['{"a":😀}', "Unexpected token '\ud83d'"],
    ["{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ['"a', "Unterminated string in JSON at position 2 (line 1 column 3)"],
  ])("that is no JSON is told why: %s", async (line, why) => {
    const { answers } = await submit(encode(line));
    expect(answers[0]!.answer.message).toBe(`the line is not JSON: ${why}`);
  });

  test("that is too long is refused, and the next one is read again", async () => {
    const long = encode("x".repeat(1_000_000));
    const { answers } = await submit(
      ...Array(9).fill(long),
      encode(`\n${policy("ok")}`),
    );
    expect(answers).toMatchObject([
      { line: 1, answer: { outcome: "refused", code: "too_large" } },
      { line: 2, answer: { outcome: "accepted" } },
    ]);
  });
});

test("Lines are the same, however the bytes were cut into chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", ""))),
      fc.array(fc.nat({ max: 9 })),
      async (texts, cuts) => {
        const bytes = encode(texts.map((text) => `${text}\n`).join(""));
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = cuts.pop() ?? bytes.length;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const found: string[] = [];
        const stream = ReadableStream.from(chunks) as ReadableStream<Uint8Array>;
        for await (const lines of stream.pipeThrough(new LineStream())) {
          for (const line of lines) {
            found.push(
              line === TOO_LONG ? "!" : new TextDecoder("utf-8", { ignoreBOM: true }).decode(line),
            );
          }
        }
        expect(found).toEqual(
          texts.map((text) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(encode(text))),
        );
      },
    ),
  );
});

test("Answers come while the lines are still coming", async () => {
  const messages = new MessageFactory(clock);
  const port = await CommandHandler.open(new MemoryLog(clock), messages);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answers = submitLines(readable, { port, messages, actor: "ada" });
  for (const name of ["p", "q", "r"]) {
    void writer.write(encode(`${policy(name)}\n`));
    expect((await answers.next()).value).toMatchObject({ answer: { outcome: "accepted" } });
  }
  void writer.close();
  expect(await answers.next()).toMatchObject({ done: true });
});
