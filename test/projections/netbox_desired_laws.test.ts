/** Whatever the log says: what there should be in NetBox is something that NetBox takes, and is always the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Inventory } from "../../src/domain/inventory.ts";
import { anyTurns, History } from "../../src/projections/laws/history.ts";
import { desiredState } from "../../src/projections/netbox/desired/desired_state.ts";
import { anySaid, estate } from "./netbox_estate.ts";
import { wrongs } from "./netbox_rules.ts";

test("Every object has its parents before it, a key of its own, and what NetBox's rules allow", () => {
  fc.assert(
    fc.property(anySaid, (said) => {
      expect(wrongs(desiredState(estate(said)))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test("Whatever the order in which an inventory came to be, the desired state is the same", () => {
  fc.assert(
    fc.property(anySaid, fc.infiniteStream(fc.nat()), (said, random) => {
      const shuffled = estate(said, (all) => {
        for (let at = all.length - 1; at > 0; at--) {
          const to = random.next().value % (at + 1);
          [all[at], all[to]] = [all[to]!, all[at]!];
        }
      });
      expect(desiredState(shuffled)).toEqual(desiredState(estate(said)));
    }),
    { numRuns: 150 },
  );
});

test("Whatever of a log is parked, there is a desired state of the rest", async () => {
  await fc.assert(
    fc.asyncProperty(anyTurns, fc.infiniteStream(fc.nat(3)), async (turns, random) => {
      const history = await History.of(turns);
      const parked = new Map<string, boolean>();
      const inventory = new Inventory();
      for (const { event } of history.events) {
        const { aggregate_id: id, sequence } = event;
        if (!parked.has(id)) parked.set(id, random.next().value === 0);
        if (!parked.get(id)) inventory.apply(event, sequence);
      }
      expect(wrongs(desiredState(inventory))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
