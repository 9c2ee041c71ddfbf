import { describe, expect, test } from "vitest";
import type { CommandPort } from "../src/command/port.ts";
import type { DiscoveryTools } from "../src/discovery.ts";
import type { Command, CommandData } from "../src/domain/command.ts";
import { decodeEvent, NewerEvent } from "../src/domain/event.ts";
import { LogBroken, LogFull, LogReplaced, LogUnavailable } from "../src/log/log.ts";
import { watch, type Watched } from "../src/watch.ts";
import { tools } from "./discovery_tools.ts";

// Mostly they wait.
describe.concurrent("A watched machine", () => {
  test("is measured again and again, and looked at now and then, until it is enough", async () => {
    const with_ = await tools();
    const stop = new AbortController();
    const seen: Watched[] = [];
    const rhythm = { measure: 0.3, programs: 0.9, facts: 2 };
    for await (const one of watch({ ...with_, signal: stop.signal }, rhythm)) {
      seen.push(one);
      if (seen.filter(({ kind }) => kind === "discovered").length === 2) stop.abort();
    }
    expect(seen[0]).toMatchObject({ kind: "discovered" });
    const measured = seen.filter((one) => one.kind === "measured");
    expect(measured.length).toBeGreaterThanOrEqual(3);
    const values = measured.map((one) => one.values);
    expect(Math.max(...values)).toBeGreaterThan(Math.min(...values)); // with programs, and without
    const events = (await Array.fromAsync(with_.log.read())).map(decodeEvent);
    const windows = events.flatMap((event) =>
      event.event_type === "MeasurementsRecorded" ? [event.data.window_seconds ?? 0] : []
    ).slice(2);
    for (const window of windows) expect(window).toBeGreaterThan(0);
  });

  test.each([
    ["the log was away", new LogUnavailable("the server went away")],
    ["there was no room", new LogFull("its disk has 3 MB left", "make room for 20 MB")],
  ])("is watched on when %s, and says what was missed and why", async (_, trouble) => {
    const { seen, error } = await watched(6, (call) => {
      if (call === 2 || call === 3) throw trouble;
    });
    expect(error).toBeUndefined();
    expect(kinds(seen)).toBe("discovered measured missed missed measured measured");
    expect(seen[2]).toMatchObject({ reason: trouble.message });
  });

  test.each([
    new LogReplaced("the stream was made anew"),
    new LogBroken("sequence 7 is missing in it"),
    new NewerEvent(7, "PolicySet of version 9"),
    new TypeError("a fault of ours"),
  ])("is not watched on after what a person has to look at: $name", async (trouble) => {
    const { seen, error } = await watched(9, (call) => {
      if (call === 2) throw trouble;
    });
    expect(error).toBe(trouble);
    expect(kinds(seen)).toBe("discovered measured");
  });

  test("is registered anew at once when it was decommissioned meanwhile", async () => {
    const { seen, log } = await watched(4, async (call, data, { port, messages }) => {
      if (call !== 2) return;
      const options = { actor: "ada", source: "declared" } as const;
      const { compute } = data[0]!;
      await port.submit([messages.command("DecommissionCompute", { compute }, options) as Command]);
    });
    expect(kinds(seen)).toBe("discovered measured discovered measured");
    const [first, second] = seen.flatMap((one) =>
      one.kind === "discovered" ? [one.discovery.compute_id] : []
    );
    expect(second).not.toBe(first);
    const last = seen.at(-1)!;
    const events = (await Array.fromAsync(log.read())).map(decodeEvent);
    expect(events.at(-1)).toMatchObject({
      event_type: "MeasurementsRecorded",
      data: { compute: second },
    });
    expect(last).toMatchObject({ last_sequence: events.length });
  });

  test("is measured on when a measurement is refused, and only what was recorded is counted", async () => {
    const { seen } = await watched(4, (call, data) => {
      for (const one of data.slice(call - 2, 2)) if (call > 1) one.observed_at = "soon";
    });
    expect(kinds(seen)).toBe("discovered measured missed measured");
    const [all, none, host] = seen.slice(1);
    expect(none).toMatchObject({ reason: expect.stringContaining("soon") });
    expect(host).toMatchObject({ kind: "measured", last_sequence: expect.any(Number) });
    const [more, fewer] = [all, host].map((one) => one?.kind === "measured" ? one.values : 0);
    expect(fewer).toBeGreaterThan(0);
    expect(fewer).toBeLessThan(more!);
  });
});

const kinds = (seen: readonly Watched[]) => seen.map(({ kind }) => kind).join(" ");

/**
 * What a watch says in so many turns, or until an error ends it.
 *
 * @param before called before each measurement is submitted, from 1 on, with what it says
 */
async function watched(
  turns: number,
  before: (
    call: number,
    data: CommandData["RecordMeasurements"][],
    with_: DiscoveryTools,
  ) => Promise<void> | void,
) {
  const with_ = await tools();
  const stop = new AbortController();
  let calls = 0;
  const port: CommandPort = {
    submit: async (commands, signal) => {
      const measured = commands.flatMap((one) =>
        one.command === "RecordMeasurements" && one.causation_id === null ? [one.data] : []
      );
      if (measured.length > 0) await before(++calls, measured, with_);
      return await with_.port.submit(commands, signal);
    },
    position: () => with_.port.position(),
    removeUnseen: (scan, signal) => with_.port.removeUnseen(scan, signal),
  };
  const seen: Watched[] = [];
  const rhythm = { measure: 0.2, programs: 0 };
  try {
    for await (const one of watch({ ...with_, port, signal: stop.signal }, rhythm)) {
      if (seen.push(one) === turns) stop.abort();
    }
  } catch (error) {
    return { ...with_, seen, error };
  }
  return { ...with_, seen, error: undefined };
}
