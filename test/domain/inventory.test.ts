import fc from "fast-check";
import { expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import type { Command } from "../../src/domain/command.ts";
import { decide } from "../../src/domain/decision.ts";
import type { InfrastructureEvent } from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";

const messages = new MessageFactory(() => new Date("2026-11-23T12:00:00Z"));
const register = fc.record({
  hostname: fc.constantFrom("a", "b", "c"),
  resource_type: fc.constantFrom("physical_server" as const, "container" as const),
  evidence: fc.record({
    dmi_uuid: fc.constantFrom("u1", "u2", "u3"),
    machine_id: fc.constantFrom("m1", "m2"),
  }, { requiredKeys: [] }),
  owner: fc.constantFrom("ada", "grace"),
  interfaces: fc.constant<RegisterCompute["interfaces"]>([]),
}).map((data) => messages.command("RegisterCompute", data, { actor: "test", source: "observed" }));

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
    } catch {
      // refused
    }
  }
  return events;
}

/** All that decisions can see of an inventory. */
function seen(inventory: Inventory) {
  const keys = ["a", "b", "c"].map((name) => `hostname:${name}`)
    .concat(
      ["u1", "u2", "u3"].map((uuid) => `dmi:${uuid}`),
      ["m1", "m2"].map((id) => `machine_id:${id}`),
    );
  return [
    inventory.sequence,
    ...keys.map((key) => inventory.idsWith(key).map((id) => [id, inventory.get("compute", id)])),
  ];
}

test("whatever was tried and taken back, an inventory is what a cold fold of the log is", () => {
  fc.assert(
    fc.property(
      fc.array(register, { maxLength: 12 }),
      fc.array(register, { maxLength: 12 }),
      fc.array(register, { maxLength: 6 }),
      (before, tried, after) => {
        const warm = new Inventory();
        const kept = run(warm, before);
        warm.mark();
        run(warm, tried);
        warm.rollback();
        kept.push(...run(warm, after));
        const cold = new Inventory();
        for (const [at, event] of kept.entries()) {
          cold.apply(
            JSON.parse(JSON.stringify(event)),
            at + 1,
          );
        }
        expect(seen(warm)).toEqual(seen(cold));
      },
    ),
    { numRuns: 300 },
  );
});
