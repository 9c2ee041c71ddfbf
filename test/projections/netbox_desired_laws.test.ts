/** Whatever the log says: what there should be in NetBox is something that NetBox takes, and is always the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { desiredState } from "../../src/projections/netbox/desired.ts";
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
