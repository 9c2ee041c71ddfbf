import { expect, test, vi } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { HOSTILE } from "../replay/history.ts";

const clock = () => new Date("2026-11-01T00:00:00Z");

test.each([
  ["rule", "1 +", /^rule, line 1, column 3: found \+/],
  ["selector", "resource.cpu > 1", /^selector, line 1, column 9: resource has no cpu; it has id, /],
  [
    "rule",
    "resource.hostname",
    /^rule, line 1, column 9: a rule is true or false, and this is string/,
  ],
  ["rule", HOSTILE, /^rule, line 1, column 1: /],
  ["rule", "(".repeat(9_000), /^rule, line 1, column 1: it is nested over 250 deep/],
])(
  "A policy with a %s that is none is refused, with the place (%#)",
  async (field, text, why) => {
    const log = new MemoryLog(clock);
    const messages = new MessageFactory(clock);
    const handler = await CommandHandler.open(log, messages);
    const policy = { name: "p", severity: "info" as const, selector: "true", rule: "true" };
    const [refused, accepted] = await handler.submit([
      messages.command("SetPolicy", { ...policy, [field]: text }, {
        actor: "test",
        source: "declared",
      }),
      messages.command("SetPolicy", policy, { actor: "test", source: "declared" }),
    ]);
    expect(refused).toMatchObject({ outcome: "refused", code: "invalid", field });
    expect(refused!.message).toMatch(why);
    expect(accepted!.outcome).toBe("accepted");
    expect(await log.lastSequence()).toBe(1); // nothing is written of what is refused
  },
);

test("Commands stay in their order, also the first time that a policy is set", async () => {
  vi.resetModules();
  const { CommandHandler } = await import("../../src/command/handler.ts");
  const messages = new MessageFactory(clock);
  const handler = await CommandHandler.open(new MemoryLog(clock), messages);
  const options = { actor: "test", source: "declared" as const };
  const policy = { name: "p", severity: "info" as const, selector: "true", rule: "true" };
  const web = { hostname: "web", resource_type: "unknown" as const, interfaces: [] };
  const answers = await Promise.all([
    handler.submit([
      messages.command("RegisterCompute", web, options),
      messages.command("SetPolicy", policy, options),
    ]),
    handler.submit([
      messages.command("ChangeComputeStatus", { compute: "web", status: "active" }, options),
    ]),
    handler.submit([messages.command("RevokePolicy", { name: "p" }, options)]),
  ]);
  expect(answers.flat().map(({ events, message }) => message ?? events[0]?.sequence)).toEqual([
    1,
    2,
    3,
    4,
  ]);
});
