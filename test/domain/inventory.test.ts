import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { decide } from "../../src/domain/decision.ts";
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import { Inventory, REMEMBERED_EVENTS } from "../../src/domain/inventory.ts";
import { keysOf } from "../../src/domain/inventory_index.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Refusal } from "../../src/domain/refusal.ts";
import { anyCommand } from "./commands.ts";

const messages = new MessageFactory(() => new Date("2026-11-24T12:00:00Z"));
const some = (maxLength: number) => fc.array(anyCommand, { maxLength });

/** Decides and applies commands; a refused one leads to nothing. */
function run(inventory: Inventory, commands: Command[]): InfrastructureEvent[] {
  const events: InfrastructureEvent[] = [];
  for (const command of commands) {
    try {
      for (const fact of decide(inventory, command).facts) {
        const event = messages.event(fact, command, inventory.version(fact.aggregate_id) + 1);
        inventory.apply(event, inventory.sequence + 1);
        events.push(event);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return events;
}

/** What a handler that reads the log from its beginning knows. */
function cold(events: readonly InfrastructureEvent[]): Inventory {
  const inventory = new Inventory();
  for (const [at, event] of events.entries()) {
    inventory.apply(JSON.parse(JSON.stringify(event)), at + 1);
  }
  return inventory;
}

/** All that an inventory has, and all that leads to it. */
function seen(inventory: Inventory) {
  const content = inventory.content();
  content.aggregates.sort(([a], [b]) => a < b ? -1 : 1);
  content.decommissioned.sort();
  const keys = new Set(content.aggregates.flatMap(([, aggregate]) => keysOf(aggregate)));
  return { content, index: [...keys].sort().map((key) => [key, inventory.idsWith(key)]) };
}

describe("An inventory", () => {
  test("is what a cold fold of the log is, whatever was tried and taken back on the way", () => {
    fc.assert(
      fc.property(some(20), some(10), some(10), some(10), (before, first, second, after) => {
        const warm = new Inventory();
        const kept = run(warm, before);
        warm.mark();
        kept.push(...run(warm, first));
        warm.mark(); // the next batch, decided on top of one that is on its way
        run(warm, second);
        warm.commit(); // the first one arrived
        warm.rollback(); // the second one did not
        kept.push(...run(warm, after));
        expect(seen(warm)).toEqual(seen(cold(kept)));
      }),
      { numRuns: 400 },
    );
  });

  test("takes back all batches that are on their way, when the first of them does not arrive", () => {
    fc.assert(
      fc.property(some(20), some(10), some(10), (before, first, second) => {
        const warm = new Inventory();
        const kept = run(warm, before);
        warm.mark();
        run(warm, first);
        warm.mark();
        run(warm, second);
        warm.rollback();
        expect(seen(warm)).toEqual(seen(cold(kept)));
      }),
      { numRuns: 200 },
    );
  });

  test("is again what it was, from its content", () => {
    fc.assert(
      fc.property(some(20), some(10), (before, after) => {
        const warm = new Inventory();
        run(warm, before);
        const again = Inventory.from(JSON.parse(JSON.stringify(warm.content())));
        expect(seen(again)).toEqual(seen(warm));
        // And it goes on as the other does.
        for (const event of run(warm, after)) again.apply(event, again.sequence + 1);
        expect(seen(again)).toEqual(seen(warm));
      }),
      { numRuns: 200 },
    );
  });

  test("says nothing twice: what was accepted is unchanged when it is said again at once", () => {
    fc.assert(
      fc.property(some(20), anyCommand, (before, command) => {
        const warm = new Inventory();
        run(warm, before);
        if (run(warm, [command]).length === 0 || command.command === "RecordMeasurements") return;
        expect(run(warm, [{ ...command, message_id: crypto.randomUUID() }])).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("remembers the latest commands, and no more of them", () => {
    const inventory = new Inventory();
    const command = messages.command("SetPolicy", {
      name: "p",
      severity: "info",
      selector: "true",
      rule: "true",
    }, { actor: "test", source: "declared" });
    const [fact] = decide(inventory, command).facts;
    const event = messages.event(fact!, command, 1);
    const id = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
    for (let at = 1; at < 3 * REMEMBERED_EVENTS; at++) {
      inventory.apply({ ...event, causation_id: id(at) }, at);
    }
    expect(inventory.handledAt(id(REMEMBERED_EVENTS))).toBe(REMEMBERED_EVENTS);
    expect(inventory.handledAt(id(REMEMBERED_EVENTS - 1))).toBeUndefined();
    expect(inventory.content().commands).toHaveLength(2 * REMEMBERED_EVENTS);
    inventory.mark();
    inventory.apply({ ...event, causation_id: id(0) }, 3 * REMEMBERED_EVENTS);
    expect(inventory.content().commands).toHaveLength(REMEMBERED_EVENTS + 1);
    inventory.rollback();
    expect(inventory.content().commands).toHaveLength(2 * REMEMBERED_EVENTS);
    expect(inventory.handledAt(id(0))).toBeUndefined();
  });
});
