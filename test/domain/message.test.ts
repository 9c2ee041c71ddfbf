import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEvent, encodeEvent, NewerEvent, UnreadableEvent } from "../../src/domain/event.ts";
import { EVENTS, type EventType, subjectOf } from "../../src/domain/event_types.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { ENVELOPE } from "./envelope.ts";
import type { Command } from "../../src/domain/command.ts";

const NOON = new Date("2026-11-23T12:00:00Z");
const policy = { name: "p", severity: "info", selector: "true", rule: "true" } as const;
const make = (messages: MessageFactory, cause?: Command) =>
  messages.command("SetPolicy", policy, {
    actor: "ada",
    source: "declared",
    ...(cause ? { cause } : {}),
  });
const fact = {
  event_type: "PolicySet",
  aggregate_id: "0199aaaa-0000-7000-8000-000000000000",
  data: policy,
} as const;

describe("A root command and what it causes", () => {
  const messages = new MessageFactory(() => NOON);
  const root = make(messages);
  const second = make(messages, root);
  const event = messages.event(fact, second, 3);

  test("carry the root's message id as their correlation id", () => {
    expect(root.correlation_id).toBe(root.message_id);
    expect(second.correlation_id).toBe(root.message_id);
    expect(event.correlation_id).toBe(root.message_id);
  });

  test("name their direct cause", () => {
    expect(root.causation_id).toBeNull();
    expect(second.causation_id).toBe(root.message_id);
    expect(event.causation_id).toBe(second.message_id);
  });

  test("an event on the wire has the fields of the design, in their order", () => {
    expect(Object.keys(JSON.parse(new TextDecoder().decode(encodeEvent(event).payload)))).toEqual(
      ENVELOPE,
    );
    expect(event).toMatchObject({
      aggregate_type: "policy",
      aggregate_version: 3,
      occurred_at: "2026-11-23T12:00:00.000Z",
      actor: "ada",
    });
  });
});

test("ids are UUID v7 and grow whatever the clock does, and whatever ids of others were seen", () => {
  const other = new MessageFactory(() => new Date("2031-01-01T00:00:00Z"));
  const step = fc.oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.constant("witness" as const));
  fc.assert(fc.property(fc.array(step), (steps) => {
    let now = NOON.getTime();
    const messages = new MessageFactory(() => new Date(now));
    let last = make(messages).message_id;
    for (const one of steps) {
      if (one === "witness") {
        last = make(other).message_id;
        messages.witness(last);
      } else now += one;
      const id = make(messages).message_id;
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(id > last).toBe(true);
      last = id;
    }
  }));
});

test("ids go on growing at the end of the time that they can name", () => {
  const messages = new MessageFactory(() => NOON);
  messages.witness("ffffffff-ffff-7fff-8000-000000000000");
  expect(make(messages).message_id < make(messages).message_id).toBe(true);
});

test("the same clock and the same chance give the same ids", () => {
  const made = () => {
    let seed = 7;
    const random = { nextUint32: () => (seed = (seed * 1103515245 + 12345) >>> 0) };
    const messages = new MessageFactory(() => NOON, random);
    return [make(messages), make(messages)];
  };
  expect(made()).toEqual(made());
});

describe("The codec of events", () => {
  const messages = new MessageFactory(() => NOON);
  const event = messages.event(fact, make(messages), 1);
  const record = (value: unknown) => ({
    sequence: 7,
    recorded_at: "2026-11-23T12:00:00.000000Z",
    payload: new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)),
  });

  test("gives back what was written, with its place in the log", () => {
    expect(decodeEvent(record(event))).toEqual({
      ...event,
      sequence: 7,
      recorded_at: "2026-11-23T12:00:00.000000Z",
    });
  });

  test.each([
    ["what is not JSON", "{", "not JSON"],
    ["what is not UTF-8", "\ud800", "{"],
    ["no event at all", "null", "no event"],
    ["a message of somebody else", { event_type: "order", event_version: 1 }, "order"],
    ["a version that is none", { ...event, event_version: 0 }, "no event"],
    ["JSON on several lines", JSON.stringify(event, null, 1), "lines"],
    [
      "data of another shape",
      { ...event, data: { ...policy, severity: "loud" } },
      "/data/severity",
    ],
    ["half a surrogate pair", { ...event, data: { ...policy, name: "a\ud83d" } }, "data/name"],
    ["an envelope with a field too many", { ...event, extra: 1 }, "extra"],
  ])("refuses %s and names the sequence", (_, value, hint) => {
    const decode = () => decodeEvent(record(value));
    expect(decode).toThrow(UnreadableEvent);
    if (hint !== "{") expect(decode).toThrow(hint);
    expect(decode).toThrow("event 7");
  });

  test.each([
    ["type", { ...event, event_type: "toString" }, '"toString"'],
    ["version", { ...event, event_version: 2 }, "version 2"],
  ])("stops at a %s that only a newer program knows, and says so", (_, value, hint) => {
    const decode = () => decodeEvent(record(value));
    expect(decode).toThrow(NewerEvent);
    expect(decode).toThrow(hint);
    expect(decode).toThrow("event 7");
    expect(decode).toThrow("update this one");
  });

  test("publishes every type under a subject of its own", () => {
    const subjects = Object.keys(EVENTS).map((type) => subjectOf(type as EventType));
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjectOf("ComputeRegistered")).toBe("infrastructure.compute.registered");
    for (const subject of subjects) expect(subject).toMatch(/^infrastructure\.[a-z]+\.[a-z_]+$/);
  });
});
