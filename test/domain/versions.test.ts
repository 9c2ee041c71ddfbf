/** What was ever written can be read: a golden file of every version of every event stays here. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeEvent, eventSchema } from "../../src/domain/event.ts";
import { EVENTS, type EventType } from "../../src/domain/event_types.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { upcast, UPCASTERS } from "../../src/domain/upcasters.ts";

const golden = new URL("golden/", import.meta.url);
const TYPES = Object.keys(EVENTS) as EventType[];
const versions = TYPES.flatMap((type) =>
  Array.from({ length: EVENTS[type].version }, (_, at) => [type, at + 1] as const)
);

/** The payloads of one version, as they were written then. */
function payloads(type: EventType, version: number): string[] {
  return Deno.readTextFileSync(new URL(`${type}.${version}.jsonl`, golden)).trimEnd().split("\n");
}

function decode(payload: string, sequence = 1) {
  return decodeEvent({
    sequence,
    recorded_at: "2026-11-24T08:00:00.000000Z",
    payload: new TextEncoder().encode(payload),
  });
}

test.each(versions)("%s of version %i can be read and is led up to the newest", (type, version) => {
  for (const payload of payloads(type, version)) {
    const written = JSON.parse(payload);
    expect(written).toMatchObject({ event_type: type, event_version: version });
    const event = decode(payload);
    const older = version < EVENTS[type].version;
    expect(event).toEqual({
      ...written,
      event_version: EVENTS[type].version,
      data: upcast(type, version, written.data),
      sequence: 1,
      recorded_at: "2026-11-24T08:00:00.000000Z",
      ...(older ? { upcast_from: version } : {}),
    });
  }
});

test("a shape that has changed has a version more: say so, with an upcaster and a golden file", () => {
  const shapes: Record<string, string> = JSON.parse(
    Deno.readTextFileSync(new URL("shapes.json", golden)),
  );
  for (const type of TYPES) {
    const shape = createHash("sha256").update(JSON.stringify(eventSchema(type))).digest("hex");
    expect(shape, type).toBe(shapes[`${type}.${EVENTS[type].version}`]);
  }
});

test("every version but the newest has a step to the next", () => {
  for (const type of TYPES) {
    expect(UPCASTERS[type]?.length ?? 0, type).toBe(EVENTS[type].version - 1);
  }
});

describe("Upcasting", () => {
  const steps = {
    PolicySet: [
      ({ text, ...data }: Record<string, unknown>) => ({ ...data, description: text }),
      (data: Record<string, unknown>) => ({ ...data, severity: data.severity ?? "info" }),
    ],
  };

  test("goes one version after the other, from the one it was written in", () => {
    expect(upcast("PolicySet", 1, { name: "p", text: "t" }, steps))
      .toEqual({ name: "p", description: "t", severity: "info" });
    expect(upcast("PolicySet", 2, { name: "p", severity: "warning" }, steps))
      .toEqual({ name: "p", severity: "warning" });
    expect(upcast("PolicySet", 3, { name: "p" }, steps)).toEqual({ name: "p" });
  });

  test("an old log folds into the write model", () => {
    const inventory = new Inventory();
    const old = versions.filter(([, version]) => version === 1).flatMap(([type]) =>
      payloads(type, 1)
    ).map((payload) => JSON.parse(payload)).sort((a, b) => a.event_id < b.event_id ? -1 : 1);
    for (const [at, event] of old.entries()) {
      inventory.apply(decode(JSON.stringify(event), at + 1), at + 1);
    }
    expect(inventory.idsWith("hostname:web-01.example.org")).toHaveLength(1);
  });
});
