import { expect, test } from "vitest";
import { normalReach } from "../../../src/spaces/prediction/normal_reach.ts";

test.each([[0.5, 0.67449], [0.6827, 1], [0.8, 1.28155], [0.95, 1.95996], [0.99, 2.57583]])(
  "with the probability %s a normal value lies within %s standard deviations",
  (level, reach) => expect(Math.abs(normalReach(level) - reach)).toBeLessThan(5e-4),
);
