/** Where things are in their spaces, as the views say it, and as it is computed from the events one by one. */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEvent, type LogRecord, type RecordedEvent } from "../../src/domain/event.ts";
import { Archive } from "../../src/log/archive.ts";
import type { Model } from "../../src/replay/model.ts";
import { replay } from "../../src/replay/replay.ts";
import { SPACES } from "../../src/spaces/catalogue/spaces.ts";
import { dimensionsOf } from "../../src/spaces/space.ts";
import { history, type Said } from "../replay/history.ts";
import { type Position, PositionOracle } from "./position_oracle.ts";
import { cable, type Points, register, seriesOf } from "./position_story.ts";

const HOUR = 3_600_000_000;
const COLUMNS = dimensionsOf(SPACES[0]!).map(({ name }) => name.replace(".", "_"));

async function eventsOf(log: { read(): AsyncIterable<LogRecord> }): Promise<RecordedEvent[]> {
  return (await Array.fromAsync(log.read())).map(decodeEvent);
}

/** The rows of a view of resources' positions. */
async function positions(model: Model, view: string): Promise<Position[]> {
  const { rows } = await model.query(
    `SELECT *, epoch_us(observed_at)::DOUBLE AS moment FROM ${view}`,
  );
  return rows.map((row) => ({
    compute_id: String(row.compute_id),
    moment: row.moment === null ? undefined : Number(row.moment),
    sequence: Number(row.sequence),
    values: Object.fromEntries(
      COLUMNS.map((name) => [name, row[name] === null ? undefined : Number(row[name])]),
    ),
  }));
}

const key = ({ compute_id, moment }: Position) => `${compute_id} ${moment}`;

/** Numbers have nine digits behind the point where they are summed up. */
function expectSame(found: Position[], computed: Position[]): void {
  expect(found.map(key).sort()).toEqual(computed.map(key).sort());
  const others = new Map(found.map((one) => [key(one), one]));
  for (const one of computed) {
    const other = others.get(key(one))!;
    expect(other.sequence, key(one)).toBe(one.sequence);
    for (const name of COLUMNS) {
      const [is, should] = [other.values[name], one.values[name]];
      const near = is === should ||
        Math.abs(is! - should!) <= 1e-6 * Math.max(1, Math.abs(should!));
      expect(near, `${name} of ${key(one)}: ${is}, and not ${should}`).toBe(true);
    }
  }
}

const links: Said[1][] = [
  cable("a", "b"),
  cable("a", "c"),
  cable("b", "c"),
  {
    ...cable("a", "a"),
    from: { compute: "a", interface: "eth0" },
    to: { compute: "a", interface: "eth1" },
  },
  {
    from: { compute: "b" },
    to: { address: "10.0.0.9" },
    kind: "flow",
    transport: "tcp",
    port: 80,
  },
];

const DISKS = ["read", "write"].map((direction) => ({
  "system.device": "sda",
  "disk.io.direction": direction,
}));
const GAUGES = [
  ...seriesOf("system.cpu.utilization", "1", { "cpu.mode": "idle" }, { "cpu.mode": "user" }),
  ...seriesOf("system.cpu.utilization", "1", { "cpu.mode": "idle", "cpu.logical_number": "1" }),
  ...seriesOf("system.memory.utilization", "1", { "system.memory.state": "used" }),
  ...seriesOf("system.filesystem.utilization", "1", { "system.filesystem.state": "used" }),
  ...seriesOf(
    "system.filesystem.usage",
    "By",
    ...["/", "/var"].map((mountpoint) => ({
      "system.filesystem.mountpoint": mountpoint,
      "system.filesystem.state": "free",
    })),
  ),
  ...seriesOf("system.uptime", "s", {}),
  ...seriesOf("system.uptime", "1", {}), // another unit: nothing that we know
];
const COUNTERS = [
  ...seriesOf(
    "system.network.io",
    "By",
    ...["lo", "eth0", "eth1"].map((name) => ({
      "network.interface.name": name,
    })),
  ),
  ...seriesOf("system.network.errors", "{error}", { "network.interface.name": "eth0" }),
  ...seriesOf("hw.errors", "{error}", { "hw.id": "sda" }),
];
const point: fc.Arbitrary<Points> = fc.oneof(
  fc.tuple(fc.constantFrom(...GAUGES), fc.constantFrom(0, 0.25, 0.5, 1)),
  fc.tuple(fc.constantFrom(...COUNTERS), fc.constantFrom(0, 7, 3_000, 2e6, 2e6 + 1, 5e11)),
).map(([series, value]) => [{ ...series, value }]);
/** Both are measured at once, as a machine does it. */
const disk: fc.Arbitrary<Points> = fc.record({
  direction: fc.constantFrom(...DISKS),
  seconds: fc.integer({ min: 0, max: 9 }),
  bytes: fc.integer({ min: 0, max: 9 }),
}).map(({ direction: attributes, seconds, bytes }) => [
  { name: "system.disk.operation_time", unit: "s", attributes, value: seconds * 100 },
  { name: "system.disk.io", unit: "By", attributes, value: bytes * 1e6 },
]);
const host = fc.constantFrom("a", "b", "c");
/** Every five minutes of some hours around the beginning of the log, in any order. */
const moment = fc.integer({ min: -36, max: 24 }).map((step) =>
  new Date(Date.parse("2026-11-01T00:00:00.5Z") + step * 300_000).toISOString()
);
const turn: fc.Arbitrary<Said> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      compute: host,
      observed_at: moment,
      points: fc.array(fc.oneof({ weight: 3, arbitrary: point }, disk), {
        minLength: 1,
        maxLength: 4,
      }).map((all) => all.flat()),
    }).map((data): Said => ["RecordMeasurements", data]),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(host, fc.constantFrom(2, 8))
      .map(([compute, cpu_cores]): Said => ["UpdateCompute", { compute, cpu_cores }]),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom<"EstablishConnection" | "SeverConnection">(
        "EstablishConnection",
        "EstablishConnection",
        "SeverConnection",
      ),
      fc.constantFrom(...links),
    ) as fc.Arbitrary<Said>,
  },
  { weight: 1, arbitrary: fc.constant<Said>(["DecommissionCompute", { compute: "c" }]) },
);

/** Without what would be refused: of what is gone, and is not there. */
function possible(turns: readonly Said[]): Said[] {
  const there = new Set<string>();
  let isGone = false;
  return turns.filter(([type, data]) => {
    const said = JSON.stringify(data);
    if (isGone && said.includes('"c"')) return false;
    if (type === "DecommissionCompute") isGone = true;
    if (type === "EstablishConnection") there.add(said);
    return type !== "SeverConnection" || there.delete(said);
  });
}

describe("Positions are what is computed from the events one by one", () => {
  test("whatever was measured, in whatever order, and over whatever window", async () => {
    const link = { name: "eth0", kind: "ethernet" as const, speed_bps: 1e9, addresses: [] };
    const begin = [
      register("a", {
        memory_bytes: 2 ** 34,
        storage_bytes: 1e12,
        interfaces: [link, { ...link, name: "eth1" }],
      }),
      register("b", { interfaces: [{ ...link, kind: "bridge" }] }),
      register("c"),
    ];
    const known = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { minLength: 20, maxLength: 80, size: "max" }),
        fc.constantFrom(600e6, HOUR, 3 * HOUR),
        async (turns, window) => {
          const log = await history(...begin, ...possible(turns));
          await using model = await replay(log);
          await model
            .sql`UPDATE fold.settings SET position_window = to_microseconds(${window}::BIGINT)`;
          const oracle = new PositionOracle(await eventsOf(log), window);
          const past = oracle.history();
          expectSame(await positions(model, "compute_positions"), oracle.latest());
          expectSame(await positions(model, "compute_positions_history"), past);
          for (const { values } of past) {
            for (const name of COLUMNS) if (values[name] !== undefined) known.add(name);
          }
        },
      ),
      { numRuns: 10, endOnFailure: true },
    );
    expect(known.size).toBe(COLUMNS.length); // there was something to compare in every dimension
  }, 120_000);

  test.each(["fleet", "machine"])("in the sample %s", async (name) => {
    const folder = fileURLToPath(new URL(`../../data/samples/${name}`, import.meta.url));
    const archive = await Archive.open(folder);
    const events = await eventsOf(archive);
    await using model = await replay(archive);
    const oracle = new PositionOracle(events, HOUR);
    expectSame(await positions(model, "compute_positions"), oracle.latest());
    // For every moment of the fleet the slow way takes minutes.
    if (name === "machine") {
      expectSame(await positions(model, "compute_positions_history"), oracle.history());
    }
  }, 120_000);
});
