/** What concepts and labels speak of. */
import { expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";

const clock = () => new Date("2026-11-01T00:00:00Z");

async function said(command: "DefineConcept" | "LabelResource", data: object) {
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const handler = await CommandHandler.open(log, messages);
  const who = { actor: "test", source: "declared" } as const;
  const host = { hostname: "a", resource_type: "virtual_machine", interfaces: [] } as const;
  const answers = await handler.submit([
    messages.command("RegisterCompute", host as never, who),
    messages.command(command, data as never, who),
  ]);
  await handler.close();
  return answers[1]!;
}

const concept = { space: "performance", name: "busy", prototypes: [{ "performance.cpu": 0.9 }] };
const label = { compute: "a", space: "performance", concept: "busy" };

test("A concept or a label of a space that is there is taken", async () => {
  expect(await said("DefineConcept", concept)).toMatchObject({ outcome: "accepted" });
  expect(await said("LabelResource", label)).toMatchObject({ outcome: "accepted" });
});

test.each(
  [
    ["DefineConcept", { ...concept, space: "perf" }, "space", /"perf".*compute, performance/],
    ["LabelResource", { ...label, space: "perf" }, "space", /"perf".*compute, performance/],
    ["LabelResource", { ...label, space: "software" }, "space", /"software"/],
    [
      "DefineConcept",
      { ...concept, prototypes: [{ "performance.cpu": 1 }, { "performance.memry": 1 }] },
      "prototypes/1/performance.memry",
      /performance\.memory/,
    ],
  ] as const,
)("%s of what there is not is refused with its field", async (command, data, field, message) => {
  expect(await said(command, data))
    .toMatchObject({
      outcome: "refused",
      code: "invalid",
      field,
      message: expect.stringMatching(message),
    });
});
