import { expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { replay } from "../../src/replay/replay.ts";
import { HOSTILE } from "../replay/history.ts";

/** Two discoveries, by two that look, and a day between them. */
async function discoveries() {
  let now = Date.parse("2026-11-01T23:59:59Z");
  const clock = () => new Date(now);
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const handler = await CommandHandler.open(log, messages);
  const run = (actor: string, version: string) => {
    const observed = { actor, source: "observed" } as const;
    const root = messages.command("RegisterCompute", {
      hostname: "web",
      resource_type: "virtual_machine",
      evidence: { machine_id: "m1" },
      interfaces: [],
    }, observed);
    const caused = { ...observed, cause: root };
    return [
      root,
      messages.command(
        "ConfigureSoftware",
        { compute: "web", name: HOSTILE, kind: "package", version },
        caused,
      ),
      messages.command("EstablishConnection", {
        from: { compute: "web" },
        to: { address: "10.0.0.9" },
        kind: "flow",
        transport: "tcp",
        port: 5432,
      }, caused),
      messages.command("RecordMeasurements", {
        compute: "web",
        observed_at: clock().toISOString(),
        points: [{ name: "system.uptime", unit: "s", value: 1 }],
      }, caused),
    ];
  };
  const first = run("discover@web", "1");
  await handler.submit(first);
  now += 1000;
  const second = run("ada", "2");
  await handler.submit(second);
  return { log, first, second };
}

test("A correlation tells who caused what, and when", async () => {
  const { log, first, second } = await discoveries();
  await using model = await replay(log);
  expect((await model.sql`FROM correlations ORDER BY first_sequence`).rows).toEqual([
    {
      correlation_id: first[0]!.message_id,
      first_sequence: 1,
      last_sequence: 4,
      first_at: "2026-11-01T23:59:59.000000Z",
      last_at: "2026-11-01T23:59:59.000000Z",
      actor: "discover@web",
      commands: 4,
      events: 4,
      event_types: [
        "ComputeRegistered",
        "ConnectionEstablished",
        "MeasurementsRecorded",
        "SoftwareConfigured",
      ],
    },
    {
      correlation_id: second[0]!.message_id,
      first_sequence: 5,
      last_sequence: 6,
      first_at: "2026-11-02T00:00:00.000000Z",
      last_at: "2026-11-02T00:00:00.000000Z",
      actor: "ada",
      commands: 2,
      events: 2,
      event_types: ["MeasurementsRecorded", "SoftwareConfigured"],
    },
  ]);
});

test("The tree of a correlation goes from it over its commands to their events", async () => {
  const { log, first: [root, software, flow, measured] } = await discoveries();
  await using model = await replay(log);
  const tree = await model
    .sql`SELECT depth, kind, id, parent_id, label, first_sequence, events
         FROM correlation_tree(${root!.correlation_id})`;
  const event = async (sequence: number) =>
    (await model.sql`SELECT event_id FROM events WHERE sequence = ${sequence}`).values[0]![0];
  const id = root!.message_id;
  const command = (one: typeof root) => one!.message_id;
  expect(tree.values).toEqual([
    [0, "correlation", id, null, "discover@web: 4 events", 1, 4],
    [1, "command", id, id, "command: ComputeRegistered", 1, 1],
    [2, "event", await event(1), id, "ComputeRegistered web", 1, 1],
    [1, "command", command(software), id, "command: SoftwareConfigured", 2, 1],
    [2, "event", await event(2), command(software), `SoftwareConfigured ${HOSTILE} 1`, 2, 1],
    [1, "command", command(flow), id, "command: ConnectionEstablished", 3, 1],
    [
      2,
      "event",
      await event(3),
      command(flow),
      "ConnectionEstablished flow tcp 5432 to 10.0.0.9",
      3,
      1,
    ],
    [1, "command", command(measured), id, "command: MeasurementsRecorded", 4, 1],
    [2, "event", await event(4), command(measured), "MeasurementsRecorded 1 value", 4, 1],
  ]);
  const paths = await model
    .sql`SELECT path FROM correlation_tree(${root!.correlation_id}) WHERE depth = 2`;
  expect(paths.values[0]![0]).toEqual([id, id, await event(1)]);
  const none = await model.sql`FROM correlation_tree('00000000-0000-0000-0000-000000000000')`;
  expect(none.values).toEqual([]);
});

test("The events are counted by the day, in UTC, on which they were recorded", async () => {
  const { log } = await discoveries();
  await using model = await replay(log);
  expect((await model.sql`SELECT day, event_type, events FROM events_by_day ORDER BY ALL`).values)
    .toEqual([
      ["2026-11-01", "ComputeRegistered", 1],
      ["2026-11-01", "ConnectionEstablished", 1],
      ["2026-11-01", "MeasurementsRecorded", 1],
      ["2026-11-01", "SoftwareConfigured", 1],
      ["2026-11-02", "MeasurementsRecorded", 1],
      ["2026-11-02", "SoftwareConfigured", 1],
    ]);
});
