/** Where every text is allowed, any text comes back as it was, from the log and from the tables. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { type JetStreamLog, openJetStream } from "../../src/log/jetstream.ts";
import { replay } from "../../src/replay/replay.ts";
import { eventsOf } from "../command/race.ts";
import { startNats, type TestNats } from "./nats.ts";

const messages = new MessageFactory(() => new Date());
let nats: TestNats;
let log: JetStreamLog;
let handler: CommandHandler;
beforeAll(async () => {
  nats = await startNats();
  log = await openJetStream(nats);
  handler = await CommandHandler.open(log, messages);
});
afterAll(async () => {
  await log?.close();
  await nats?.stop();
});

/** Any Unicode, and more often what is seldom right. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(..."\0\n\r\t\\\"'`$<>&%{}/\u2028\u202e\ufeff\uffff\u{10ffff}é😀"),
    maxLength: 20,
  }),
).filter((one) => one.isWellFormed());
const name = text.filter((one) => one !== "");

const said = fc.record({
  tags: fc.dictionary(name, text, { maxKeys: 3 }),
  owner: name,
  description: text,
  configuration: fc.dictionary(name, text, { maxKeys: 3 }),
  note: text,
  reason: text,
});

/** DuckDB's client takes a mark of byte order at a text's beginning for one, and leaves it out. */
const read = (text: string) => text.replace(/^\ufeff/, "");

test("Any text in tags, owners, descriptions, configurations, notes and reasons is kept as it is", async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(said, { minLength: 60, maxLength: 60 }), async (all) => {
      const prefix = `r${round++}-`;
      const command = <T extends CommandType>(type: T, data: CommandData[T]) =>
        messages.command(type, data, { actor: "test", source: "declared" }) as Command;
      const answers = await handler.submit(all.flatMap((one, at) => {
        const compute = `${prefix}${at}`;
        return [
          command("RegisterCompute", {
            hostname: compute,
            resource_type: "switch",
            interfaces: [],
            owner: one.owner,
            tags: one.tags,
          }),
          command("SetPolicy", {
            name: compute,
            description: one.description,
            severity: "info",
            selector: "true",
            rule: "true",
          }),
          command("ConfigureSoftware", {
            compute,
            name: "x",
            kind: "package",
            configuration: one.configuration,
          }),
          command("LabelResource", { compute, space: "compute", concept: "c", note: one.note }),
          command("ChangeComputeStatus", { compute, status: "active", reason: one.reason }),
        ];
      }));
      expect(answers.filter(({ outcome }) => outcome !== "accepted")).toEqual([]);
      const events = (await eventsOf(log)).slice(-answers.length);
      for (const [at, one] of all.entries()) {
        const [registered, policy, software, label, status] = events.slice(5 * at)
          .map(({ data }) => data as Record<string, unknown>);
        expect(registered).toMatchObject({ owner: one.owner });
        expect(registered!.tags ?? {}).toEqual(one.tags);
        expect(policy!.description).toBe(one.description);
        expect(software!.configuration).toEqual(one.configuration);
        expect(label!.note).toBe(one.note);
        expect(status!.status_reason).toBe(one.reason);
      }
      await using model = await replay(log);
      const { rows } = await model.query(
        `SELECT hostname, owner, tags, status_reason, description, configuration, note
         FROM resources JOIN software USING (compute_id) JOIN policies ON policies.name = hostname
         JOIN labels USING (compute_id)
         WHERE starts_with(hostname, '${prefix}') ORDER BY resources.first_sequence`,
      );
      expect(rows.length).toBe(all.length);
      for (const [at, one] of all.entries()) {
        const { owner, reason, description, note, tags, configuration } = one;
        expect(rows[at]).toMatchObject({
          owner: read(owner),
          status_reason: read(reason),
          description: read(description),
          note: read(note),
        });
        for (const [said, column] of [[tags, "tags"], [configuration, "configuration"]] as const) {
          expect(new Map(Object.entries(rows[at]![column] ?? {}))).toEqual(
            new Map(Object.entries(said).map(([key, value]) => [read(key), read(value)])),
          );
        }
      }
    }),
    // Of sixty at once: to shrink that would take minutes.
    { numRuns: 12, endOnFailure: true },
  );
});
