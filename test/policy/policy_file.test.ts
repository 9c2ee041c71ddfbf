/** Policies in a file, and what is said of those that are none. */
import { expect, test } from "vitest";
import { PoliciesInvalid, policiesOf } from "../../src/policy/policy_file.ts";
import { HOSTILE } from "../replay/history.ts";

const FULL = {
  name: "full",
  severity: "warning",
  selector: "has(measurements.memory)",
  rule: "measurements.memory < 0.9",
  for: "10m",
};

test.each(["", "[", '{"name":"x"}', '[{"name":"x","severity":"bad"}]', "null", HOSTILE])(
  "A file with %j has no policies in it",
  (text) => expect(() => policiesOf(text)).toThrow(PoliciesInvalid),
);

test.each<[string, unknown, RegExp]>([
  [
    "a whole command",
    { command: "SetPolicy", data: FULL },
    /^The policy is none: .*give only its data/,
  ],
  [
    "a severity that is none",
    [FULL, { ...FULL, severity: "bad" }],
    /at \/1 "full" .*info, warning, critical.*"bad"/,
  ],
  [
    "a field that is none",
    { ...FULL, fro: 1 },
    /"full" is none: .*fro is not a field of it: it has name, /,
  ],
  [
    "a duration that is none",
    { ...FULL, for: "5 min" },
    /"full" is none: for is .*"15m", not "5 min"/,
  ],
  ["a field that is missing", { name: "x" }, /"x" is none: .*severity is missing/],
])(
  "A policy in a file that is %s is refused, with its name and what may be there",
  (_, given, message) => {
    expect(() => policiesOf(JSON.stringify(given))).toThrow(message);
  },
);
