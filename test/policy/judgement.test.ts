/** Alerts, compared with what is known to have happened. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { alerts } from "../../src/policy/alerts.ts";
import {
  judge,
  judgedTable,
  judgeTogether,
  TruthInvalid,
  truthOf,
} from "../../src/policy/judgement.ts";
import { policiesOf } from "../../src/policy/policy_file.ts";
import { replay } from "../../src/replay/replay.ts";
import { HOSTILE } from "../replay/history.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 0, minute)).toISOString();

test.each(["", "{}", '{"incidents":[{"kind":1}]}', HOSTILE])(
  "A text like %j is no ground truth",
  (text) => expect(() => truthOf(text)).toThrow(TruthInvalid),
);

test("What no policy found is told as what was missed, and of several that found the same each counts once", () => {
  const truth = {
    incidents: ["slow_leak", "slow_leak", "silent_host"].map((kind, index) => ({
      kind,
      from: at(index),
      to: null,
      resources: [{ id: String(index) }],
    })),
  };
  const alert = (policy: string) => ({
    policy,
    severity: "info" as const,
    resource: "0",
    hostname: "a",
    state: "firing" as const,
    since: at(0),
    fired_at: at(1),
    because: {},
    evidence: [],
  });
  const raised = [alert("one"), alert("other")];
  const policies = ["one", "other", "vain"];
  const together = judgeTogether(raised, truth);
  expect(together).toMatchObject([
    { policy: "", kind: "silent_host", incidents: 1, found: 0, recall: 0 },
    { policy: "", kind: "slow_leak", incidents: 2, found: 1, recall: 0.5 },
  ]);
  expect(judgedTable(judge(raised, truth, { policies }), together).values).toEqual([
    ["one", "slow_leak", 1, 1, 2, 1, 1, 0.5, 60],
    ["other", "slow_leak", 1, 1, 2, 1, 1, 0.5, 60],
    ["vain", "", 0, 0, null, 0, null, 0, null],
    ["", "silent_host", null, null, 1, 0, null, 0, null],
  ]);
  // Without a policy everything was missed.
  expect(judgedTable(judge([], truth), judgeTogether([], truth)).column("kind"))
    .toEqual(["silent_host", "slow_leak"]);
});

test("Rules for the sample's incidents find each of them, with a known precision", async () => {
  const policies = policiesOf(await Deno.readTextFile(here("fleet_rules.json")));
  const fleet = here("../../data/samples/fleet");
  const truth = truthOf(await Deno.readTextFile(`${fleet}/ground_truth.json`));
  await using model = await replay(await Archive.open(fleet));
  const found = await alerts(model, { policies });
  expect(found.every(({ evidence }) => evidence.length > 0)).toBe(true);
  const right = judge(found, truth).filter(({ found }) => found > 0)
    .map((one) => [one.policy, one.kind, one.precision!.toFixed(2), one.recall]);
  expect(right).toEqual([
    ["disk-fails", "failing_disk", "1.00", 1],
    ["host-is-silent", "silent_host", "1.00", 1],
    ["link-is-lost", "lost_redundancy", "0.50", 1], // the clone has no cables either
    ["link-is-lost", "misclassified_clone", "0.50", 1],
    ["memory-leaks", "slow_leak", "1.00", 1],
    ["one-link-only", "misclassified_clone", "1.00", 1],
    ["processors-are-taken", "noisy_neighbour", expect.any(String), 1], // and each night's batch
  ]);
  const late = { from: "2026-10-05T00:00:00Z", to: "2026-10-09T00:00:00Z" };
  const few = await alerts(model, { policies: policies.slice(0, 1), ...late });
  expect(judge(few, truth, { ...late, policies: ["memory-leaks"] })).toMatchObject([
    { kind: "lost_redundancy", recall: 0 },
    { kind: "misclassified_clone", recall: 0 },
    { kind: "slow_leak", alerts: 0, incidents: 1, found: 0, recall: 0 }, // not yet full enough
  ]);
});
