/** `cim space predict`: what things will be, and what they are where nobody has measured it. */
import { type Command, InvalidArgumentError } from "commander";
import type { Perception } from "../perception/perception.ts";
import { exhaustionText, percentOf, type Prediction } from "../perception/predicted.ts";
import type { PredictionOptions } from "../perception/prediction.ts";
import type { Backtest } from "../perception/prediction_backtest.ts";
import { quantity } from "../perception/quantity.ts";
import { columns, counted, whole } from "../table/text.ts";
import { nowAndThen } from "./progress.ts";
import { addSpaceSource, type SpaceOptions, spacesText, withSpace } from "./space_source.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";

interface Options extends SpaceOptions {
  horizon: number;
  level: number;
  backtest?: boolean;
}

/** Adds the command to the command line. */
export function addSpacePredict(space: Command): void {
  addSpaceSource(
    space.command("predict")
      .summary("what things will be, when something is used up, and what is not known of them")
      .description(
        "Forecasts each dimension of a thing by the method that would have forecast its own past best, with intervals as " +
          "wide as it was off then; says between which moments processors, memory or disks are used up; and what is to " +
          "be expected of dimensions that are not known. Without a thing it tells of all what is used up. No clock is " +
          "asked: all counts from when a thing was measured last.",
      )
      .argument("<space>", "the space")
      .argument("[thing]", "one thing: its name, a resource's host name, or its id"),
  )
    .option("--horizon <time>", "how far ahead: 30m, 24h, 7d", duration, 86_400)
    .option("--level <share>", "how probable it is that a value lies in its interval", share, 0.8)
    .option("--backtest", "judge such forecasts of the past of all things instead")
    .option("--json", "print a JSON object a thing; with --backtest, one a thing and dimension")
    .addHelpText(
      "after",
      `${spacesText()}

skill  1 − the mean absolute error by that of the forecast that all stays as it is; with --backtest also by that of the
       one that all is as a day before (seasonal_skill)
held   how many of the intervals held what they should, each made by what was known before
single forecasts without an interval, of what hardly ever changes, and which share of them was right

Examples:
  deno task cim space predict compute web-01
  deno task cim space predict performance web-01 --horizon 30m
  deno task cim space predict compute --archive data/samples/fleet
  deno task cim space predict compute --archive data/samples/fleet --backtest`,
    )
    .action((name: string, thing: string | undefined, options: Options, command: Command) => {
      if (options.backtest && thing !== undefined) {
        command.error("error: --backtest judges all things: leave the thing out", {
          exitCode: EXIT.usage,
        });
      }
      return run((terminal) =>
        withSpace(name, options, terminal, async (space) => {
          const { horizon, level, backtest } = options;
          const say = nowAndThen(terminal);
          const ahead: PredictionOptions = {
            horizon,
            level,
            signal: terminal.signal,
            onProgress: (done, total) =>
              say(
                backtest
                  ? `Judging … ${whole(done)} of ${counted(total, "series", "series")}`
                  : `Predicting … ${whole(done)} of ${counted(total, "thing")}`,
              ),
          };
          if (backtest) judge(await space.backtest(ahead), options, terminal);
          else if (thing === undefined) {
            predictAll(space, await space.predictions(ahead), options, terminal);
          } else predictOne(await space.predict(thing, ahead), options, terminal);
          return EXIT.done;
        })
      );
    });
}

function predictOne(prediction: Prediction, { json }: Options, terminal: Terminal): void {
  if (json) return terminal.print(JSON.stringify(prediction));
  const { thing, observed_at, evidence, exhausted, level, rows } = prediction;
  if (rows.length === 0) {
    return terminal.print(`${thing.name}: nothing is known of it by which to predict anything`);
  }
  terminal.print(
    observed_at === null || evidence === null
      ? `${thing.name}: no history of it is kept`
      : `${thing.name}: from ${observed_at} on, by events ${evidence.first_sequence} to ${evidence.last_sequence}`,
  );
  terminal.print(`\n${prediction.table()}`);
  if (observed_at === null) return;
  if (exhausted.length > 0) terminal.print("");
  for (const row of exhausted) terminal.print(exhaustionText(row, observed_at, level));
  const safe = rows.flatMap((row) =>
    row.kind === "forecast" && row.exhaustion?.from === null ? [row] : []
  );
  if (safe.length > 0) {
    const names = safe.map(({ dimension }) => dimension).join(", ");
    const within = Math.min(...safe.map(({ exhaustion }) => exhaustion!.within));
    terminal.print(`\nNot used up within ${quantity(within, "s")}: ${names}`);
  }
}

function predictAll(
  space: Perception,
  all: readonly Prediction[],
  { json, horizon }: Options,
  terminal: Terminal,
): void {
  if (json) {
    for (const one of all) terminal.print(JSON.stringify(one));
    return;
  }
  if (all.length === 0) return terminal.print("There is nothing in this space at that moment");
  const lines = all.flatMap(({ thing, observed_at, exhausted, level }) =>
    exhausted.map((row) => [thing.name, exhaustionText(row, observed_at!, level)])
  );
  if (lines.length > 0) terminal.print(`${columns(lines).join("\n")}\n`);
  const kinds = all.flatMap(({ rows }) => rows.map(({ kind }) => kind));
  const count = (kind: string) => kinds.filter((one) => one === kind).length;
  terminal.print(
    `${counted(all.length, "thing")}: ${
      counted(count("forecast"), "dimension")
    } can be forecast for ${quantity(horizon, "s")}, ${count("short")} have too little history, ${
      count("imputed")
    } are not known but expected`,
  );
  const needed = Math.max(
    0,
    ...all.flatMap(({ rows }) => rows.map((row) => row.kind === "short" ? row.needed : 0)),
  );
  if (needed > 0) {
    terminal.print(
      `A forecast for ${quantity(horizon, "s")} needs ${
        quantity(needed, "s")
      } of history: --horizon says a shorter time`,
    );
  }
  if (!space.things.some(({ observed_at }) => observed_at !== null)) {
    terminal.print("Nothing of this space was ever measured");
  }
}

function judge(found: Backtest, { json, horizon }: Options, terminal: Terminal): void {
  if (json) {
    for (const { thing: { id, name }, dimension, score } of found.rows) {
      terminal.print(JSON.stringify({ id, name, dimension, ...score.toJSON() }));
    }
    return;
  }
  if (found.rows.length === 0) {
    return terminal.print(
      `Nothing has a history that is long enough to judge forecasts for ${quantity(horizon, "s")}`,
    );
  }
  const { coverage, skill, seasonalSkill, intervals } = found.total;
  terminal.print(String(found.table()));
  if (coverage === null) return;
  terminal.print(
    `\n${(100 * coverage).toFixed(1)} % of ${counted(intervals, "interval")} of ${
      percentOf(found.level)
    } held; skill ${skill?.toFixed(2) ?? "none"} against what was last, ${
      seasonalSkill?.toFixed(2) ?? "none"
    } against the day before`,
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };
const [SHORTEST, LONGEST] = [15, 365 * 86_400];

function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,6})?)(s|m|min|h|d)$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNITS[unit ?? ""] ?? NaN);
  if (!(seconds >= SHORTEST && seconds <= LONGEST)) {
    throw new InvalidArgumentError("It is a time from 15s to 365d, such as 30m, 24h or 7d.");
  }
  return seconds;
}

function share(text: string): number {
  const number = /^0?\.\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(number > 0 && number < 1)) {
    throw new InvalidArgumentError("It is a number between 0 and 1, such as 0.8.");
  }
  return number;
}
