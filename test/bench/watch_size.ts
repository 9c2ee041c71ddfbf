/**
 * How much room a day of `discover --watch 15s` takes in the log: the host's measurements every 15 s, those of its
 * programs every minute.
 *
 * The samples are real: for 50 s this machine, with 300 processes at work, is measured every 0.5 s, and its programs
 * every 2 s, by the `Meter` that `discover` uses. A day is made of them (`TimeLapse` says how), and goes as events
 * through the command handler into a real server.
 */
import { join } from "node:path";
import { CommandHandler } from "../../src/command/handler.ts";
import type { Command } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Meter } from "../../src/introspection/meter.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { startNats } from "../servers/nats.ts";
import { busyLaptop } from "./busy_laptop.ts";
import type { Measure } from "./measure.ts";
import { type Sampled, TimeLapse } from "./time_lapse.ts";

const LIMIT_MEGABYTES = 50;
const DAY_SECONDS = 86_400;
const HOST_SECONDS = 15;
const PROGRAM_SECONDS = 60;
/** How many samples are really taken of the host, how far apart, and every how many of them of the programs. */
const SAMPLES = 100;
const SAMPLE_MILLISECONDS = 500;
const PROGRAMS_EVERY = 4;
const BATCH = 500;

/** A day of watching this machine, in megabytes on disk. */
export async function watching(): Promise<Measure[]> {
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-" });
  try {
    const { host, programs } = await samples(folder);
    const { disk, stream, events } = await append(day(host, programs));
    const size = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
    const points = `${host[0]!.points.length} points of the host and ${
      programs.at(-1)!.points.length
    } of programs`;
    return [{
      name: `a day of discover --watch ${HOST_SECONDS}s with 300 processes, on disk`,
      baseline: `${LIMIT_MEGABYTES} MB; ${points} at a time, ${events} events, ${
        size(stream)
      } uncompressed`,
      ours: size(disk),
      theirs: `${LIMIT_MEGABYTES} MB`,
      ratio: disk / (LIMIT_MEGABYTES * 1e6),
      atMost: 1,
    }];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Real measurements of this machine at work. */
async function samples(folder: string): Promise<{ host: Sampled[]; programs: Sampled[] }> {
  await using _ = await busyLaptop(folder);
  const meter = new Meter({ windowMilliseconds: 2000 });
  const host: Sampled[] = [];
  const programs: Sampled[] = [];
  for (let at = 0; at < SAMPLES; at++) {
    const next = new Promise((resolve) => setTimeout(resolve, SAMPLE_MILLISECONDS));
    const processes = at % PROGRAMS_EVERY === 0;
    const [first, second] = await meter.measure("laptop", { processes });
    host.push(first!);
    if (second) programs.push(second);
    await next;
  }
  return { host, programs };
}

/** What a day's measurements are, in the order of time. */
function* day(host: Sampled[], programs: Sampled[]): Generator<Sampled> {
  const start = Date.parse("2026-11-23T00:00:00Z");
  const [hosts, all] = [
    new TimeLapse(host, HOST_SECONDS),
    new TimeLapse(programs, PROGRAM_SECONDS),
  ];
  for (let second = 0; second < DAY_SECONDS; second += HOST_SECONDS) {
    const now = new Date(start + second * 1000);
    yield hosts.next(now);
    if (second % PROGRAM_SECONDS === 0) yield all.next(now);
  }
}

async function append(measurements: Iterable<Sampled>) {
  const nats = await startNats();
  try {
    const log = await openJetStream(nats);
    try {
      const messages = new MessageFactory(() => new Date());
      const handler = await CommandHandler.open(log, messages);
      const said = { actor: "discover@laptop", source: "observed" } as const;
      const register = messages.command("RegisterCompute", {
        hostname: "laptop",
        resource_type: "physical_server",
        interfaces: [],
      }, said);
      await handler.submit([register]);
      let commands: Command[] = [];
      const submit = async () => {
        const answers = await handler.submit(commands);
        const refused = answers.find(({ outcome }) => outcome !== "accepted");
        if (refused) throw new Error(`a measurement was ${refused.outcome}: ${refused.message}`);
        commands = [];
      };
      for (const data of measurements) {
        commands.push(messages.command("RecordMeasurements", data, said) as Command);
        if (commands.length === BATCH) await submit();
      }
      if (commands.length > 0) await submit();
      const { events, bytes } = await log.status();
      return { events, stream: bytes, disk: await diskUsage(join(nats.folder, "jetstream")) };
    } finally {
      await log.close();
    }
  } finally {
    await nats.stop();
  }
}

/** The room that a folder's files take, in bytes, as du(1) counts: whole blocks of the disk. */
async function diskUsage(folder: string): Promise<number> {
  let total = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const { size, blocks } = await Deno.stat(path);
    total += isDirectory ? await diskUsage(path) : blocks === null ? size : blocks * 512;
  }
  return total;
}
