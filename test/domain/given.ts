/** given(what was done).when(what is asked for).then(what happens): the grammar of the domain's tests. */
import { expect } from "vitest";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { decide } from "../../src/domain/decision.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { type Fact, MessageFactory } from "../../src/domain/message.ts";
import { Refusal } from "../../src/domain/refusal.ts";

const NOON = new Date("2026-11-23T12:00:00Z");

/** A command as a test says it: its type, its data, and who sends it. */
export type Said = {
  [T in CommandType]: [T, CommandData[T], (Command["source"] | undefined)?];
}[CommandType];

/** Commands, the outcome of each of which is known to be a fact of the past. */
export function given(...past: Said[]) {
  const inventory = new Inventory();
  const messages = new MessageFactory(() => NOON);
  const command = ([type, data, source = "observed"]: Said) =>
    messages.command(type, data as never, { actor: "test", source });
  const apply = (said: Said) => {
    const cause = command(said);
    for (const fact of decide(inventory, cause).facts) {
      const version = inventory.version(fact.aggregate_id) + 1;
      inventory.apply(messages.event(fact, cause, version), inventory.sequence + 1);
    }
  };
  past.forEach(apply);
  return {
    inventory,
    /** This happens as well, from here on. */
    whenApplied: (...said: Said) => apply(said),
    when(...said: Said) {
      const decision = () => decide(inventory, command(said));
      return {
        /** These facts and no others. */
        then(...facts: { event_type: Fact["event_type"]; data: unknown }[]) {
          expect(decision().facts.map(({ event_type, data }) => ({ event_type, data }))).toEqual(
            facts,
          );
        },
        /** Nothing: it was so already. */
        thenNothing() {
          expect(decision().facts).toEqual([]);
        },
        /** A refusal that names this field. */
        thenRefused(code: Refusal["code"], field: string) {
          let refusal: unknown;
          try {
            decision();
          } catch (error) {
            refusal = error;
          }
          expect(refusal).toBeInstanceOf(Refusal);
          expect(refusal).toMatchObject({ code, field });
          if (field) expect((refusal as Refusal).message).toContain(field);
        },
        decision,
      };
    },
  };
}
