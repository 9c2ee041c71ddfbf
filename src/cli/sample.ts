/** `cim sample`: makes the history of a fleet that does not exist, as an archive. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { Archive } from "../log/archive.ts";
import type { GroundTruth } from "../sample/ground_truth.ts";
import { courseOf, SAMPLE_DEFAULTS, SampleError, type SampleOptions } from "../sample/options.ts";
import { GROUND_TRUTH, writeSample } from "../sample/write_sample.ts";
import { bytes, columns, counted, whole } from "../table/text.ts";
import { EXIT, run } from "./terminal.ts";

/** How often it is said how far it is, in milliseconds. */
const PROGRESS_MS = 200;

interface Options extends SampleOptions {
  into: string;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addSample(program: Command): void {
  program.command("sample")
    .summary("make a fleet's history with known incidents")
    .description(
      "Makes the history of a fleet that does not exist, as an archive: servers, guests, network gear and devices of " +
        "several sites, what they run, and what is measured of them day and night. Incidents are put into it, and " +
        `told in ${GROUND_TRUTH}. The same options give the same bytes.`,
    )
    .requiredOption("--into <folder>", "where to: a folder that is not there, or empty")
    .option(
      "--resources <number>",
      "how many resources, from 10 on",
      number,
      SAMPLE_DEFAULTS.resources,
    )
    .addOption(
      new Option("--days <number>", `how long it goes on; ${SAMPLE_DEFAULTS.days} without it`)
        .argParser(number).conflicts("events"),
    )
    .addOption(new Option("--events <number>", "how many events instead").argParser(number))
    .option("--seed <number>", "what chance is drawn from", number, SAMPLE_DEFAULTS.seed)
    .option("--start <moment>", "when it begins", SAMPLE_DEFAULTS.start)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Each resource is measured every five minutes. With --events the history takes 10 to 365 days, if an interval from
15 s to an hour allows that: so few events of many resources lie further apart, and many of few closer together.

Examples:
  deno task cim sample --into data/local/fleet
  deno task cim sample --resources 1000 --events 1000000 --seed 7 --into data/local/million
  deno task cim archive --verify --folder data/local/million`,
    )
    .action((options: Options, command: Command) => {
      requireCourse(options, command);
      return run(async (terminal) => {
        const began = performance.now();
        // A task runs in the project's folder, whatever folder it was called from.
        const folder = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), options.into);
        let said = began;
        const truth = await writeSample(folder, options, {
          signal: terminal.signal,
          onProgress: (events, share) => {
            if (performance.now() - said < PROGRESS_MS) return;
            said = performance.now();
            terminal.progress(`Making … ${whole(events)} events, ${Math.floor(100 * share)} %`);
          },
        });
        const seconds = Math.round(performance.now() - began) / 1_000;
        const outcome = { folder, seconds, ...await sizes(folder), ...truth };
        if (options.json) terminal.print(JSON.stringify(outcome));
        else for (const line of describe(outcome)) terminal.print(line);
        return EXIT.done;
      }, "nothing of it is left");
    });
}

/** Options out of their range are wrong usage, before anything is begun. */
function requireCourse(options: Options, command: Command): void {
  try {
    courseOf(options);
  } catch (error) {
    if (!(error instanceof SampleError)) throw error;
    command.error(`error: ${error.message}`);
  }
}

async function sizes(folder: string): Promise<{ bytes: number; line_bytes: number }> {
  const archive = await Archive.open(folder);
  const { size } = await stat(join(folder, "manifest.json"));
  return {
    bytes: archive.status().bytes + size,
    line_bytes: archive.segments.reduce((sum, { line_bytes }) => sum + line_bytes, 0),
  };
}

function describe(
  { folder, seconds, events, from, to, incidents, made_from, ...of }: GroundTruth & {
    folder: string;
    seconds: number;
    bytes: number;
    line_bytes: number;
  },
): string[] {
  const kinds = Map.groupBy(incidents, ({ kind }) => kind);
  return columns([
    ["Sample", folder],
    ["Seed", String(made_from.seed)],
    [
      "Events",
      `${whole(events)}, ${Math.round(of.line_bytes / events)} bytes each, ${
        bytes(of.bytes)
      } on disk`,
    ],
    ["Happened", `from ${from} to ${to}`],
    [
      "Measured",
      `each of ${counted(made_from.resources, "resource")} every ${of.interval_seconds} s`,
    ],
    ["Incidents", [...kinds].map(([kind, all]) => `${all.length} ${kind}`).join(", ") || "none"],
    ["Took", `${seconds} s, ${whole(Math.round(events / seconds))} events a second`],
  ]);
}

function number(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}
