import { describe, expect, test } from "vitest";
import { letIn } from "../../src/command/door.ts";
import type { Command } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";

const messages = new MessageFactory(() => new Date("2026-11-24T12:00:00Z"));
const good: Command = messages.command("UpdateCompute", { compute: "a", owner: "ada" }, {
  actor: "ada",
  source: "declared",
});
const SECRET = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";

describe("The door", () => {
  test.each<[string, object]>([
    ["correlation_id", { correlation_id: `x ${SECRET}` }],
    ["correlation_id", { correlation_id: `${"x ".repeat(30)}${SECRET}` }],
    ["occurred_at", { occurred_at: { token: SECRET } }],
    ["command", { command: `${"x ".repeat(30)}${SECRET}` }],
    ["source", { source: `Bearer ${SECRET}` }],
  ])("says of a wrong %s no piece of a secret", (field, part) => {
    const refuse = () => letIn({ ...good, ...part } as Command);
    expect(refuse).toThrow(expect.objectContaining({ field }));
    try {
      refuse();
    } catch (error) {
      for (let at = 0; at + 8 <= SECRET.length; at += 4) {
        expect(String(error)).not.toContain(SECRET.slice(at, at + 8));
      }
    }
    expect(() => letIn(`${"x ".repeat(30)}${SECRET}` as never)).not.toThrow("ghp_");
  });

  test.each([Infinity, -Infinity, NaN])("takes %s for no way to say null", (owner) => {
    const data = { compute: "a", owner, tags: { deep: null } };
    expect(() => letIn({ ...good, data } as unknown as Command))
      .toThrow(expect.objectContaining({ code: "invalid", field: "owner" }));
    expect(() => letIn({ ...good, data: { compute: "a", owner: null } } as Command)).not.toThrow();
  });
});
