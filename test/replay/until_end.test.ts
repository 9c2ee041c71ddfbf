/** A replay reads as far as it is told: not less, and nothing behind that hinders it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogRecord } from "../../src/domain/event.ts";
import { Archive } from "../../src/log/archive.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import type { EventLog, ReadOptions } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, STORY } from "./history.ts";
import { everything } from "./tables.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-until-test-" });
afterAll(() => Deno.remove(root, { recursive: true }));

/** The story, with its sixth event one of a newer version. */
async function newerLog(): Promise<MemoryLog> {
  const log = new MemoryLog(() => new Date("2026-11-01T00:00:00Z"));
  for await (const { payload, sequence } of (await history(...STORY)).read()) {
    const event = JSON.parse(new TextDecoder().decode(payload));
    const changed = sequence === 6 ? { ...event, event_version: 99 } : event;
    const bytes = new TextEncoder().encode(JSON.stringify(changed));
    await log.append([{ subject: "a.b", payload: bytes }], sequence - 1);
  }
  return log;
}

describe("An event that only a newer program can read", () => {
  let log: MemoryLog;
  beforeAll(async () => {
    log = await newerLog();
  });

  test.each([1, 2, 3, 100])(
    "stops a replay to it or behind, and none to before, with %i events in a segment",
    async (records) => {
      const archive = await Archive.open(Deno.makeTempDirSync({ dir: root }), { records });
      await archive.extend(log);
      for (const source of [archive, new ArchivedLog(log, archive)]) {
        for (const sequence of [0, 3, 4, 5]) {
          await using ours = await replay(source, { sequence });
          await using clean = await replay(log, { sequence });
          expect(await everything(ours), `to ${sequence}`).toEqual(await everything(clean));
        }
        for (const sequence of [6, 7]) {
          await expect(replay(source, { sequence }))
            .rejects.toMatchObject({ code: "newer_event", sequence: 6 });
        }
      }
    },
  );
});

/** What can be read of a log, changed on the way. */
function tampered(log: EventLog, isThere: (record: LogRecord) => boolean): EventLog {
  return Object.assign(Object.create(log) as EventLog, {
    lastSequence: () => log.lastSequence(),
    async *read(options?: ReadOptions) {
      for await (const record of log.read(options)) if (isThere(record)) yield record;
    },
  });
}

test("A log that gives fewer events than it says it has is not whole, and gives no model", async () => {
  const log = await history(...STORY);
  const short = tampered(log, ({ sequence }) => sequence <= 5);
  const refused = { code: "log_broken", message: expect.stringContaining("it ends at 5, and 7") };
  await expect(replay(short)).rejects.toMatchObject(refused);
  await expect(replay(tampered(log, () => false))).rejects.toMatchObject({ code: "log_broken" });
  await using model = await replay(short, { sequence: 5 });
  expect(model.checkpoint.last_sequence).toBe(5);
});
