/** `cim space anomalies`: what is not as usual, and since when. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { AnomalousPoints } from "../perception/anomaly_points.ts";
import type { IncidentOptions } from "../perception/anomalies.ts";
import type { FoundIncident } from "../perception/incident.ts";
import { judgedIncidents, judgedIncidentsTable } from "../perception/incident_judgement.ts";
import type { Perception } from "../perception/perception.ts";
import { truthOf } from "../policy/judgement.ts";
import { counted } from "../table/text.ts";
import { contentOf } from "./given.ts";
import { jsonLine } from "./json_line.ts";
import { addSpaceSource, type SpaceOptions, withSpace } from "./space_source.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { moment } from "./until.ts";

interface Options extends SpaceOptions, IncidentOptions {
  from?: string;
  to?: string;
  fdr: number;
  truth?: string;
  points?: boolean;
}

/** Adds the command to the command line. */
export function addSpaceAnomalies(space: Command): void {
  addSpaceSource(
    space.command("anomalies")
      .summary("what is not as usual, since when, and with what else it has to do")
      .description(
        "Tells incidents: resources whose measurements depart from their own past and their peers, that are silent, have " +
          "lost a cable, or are like another kind than they are declared to be; neighbours at the same time in one. The " +
          "first two days of a resource are taken for normal. No clock is asked, and nothing that came later.",
      )
      .argument(
        "[space]",
        "compute, performance, capacity or reliability; with --points any",
        "compute",
      )
      .argument("[thing]", "only what this resource has a part in: its host name, or its id"),
  )
    .addOption(new Option("--from <moment>", "what was on from then on").argParser(moment))
    .addOption(new Option("--to <moment>", "and up to then").argParser(moment))
    .option("--fdr <share>", "how many discoveries of a half hour may be false", share, 0.05)
    .option("--truth <file>", "compare with this ground_truth.json: precision, recall, delay")
    .addOption(
      new Option("--points", "how far each thing is from others of its concept, as it is then")
        .conflicts(["from", "to", "truth"]),
    )
    .option(
      "--json",
      "print a JSON object an incident; then one of what was looked at, and with --truth of how right it was",
    )
    .addHelpText(
      "after",
      `
p  the smallest p-value of an incident, for all dimensions together; none where events say that it is so

Examples:
  deno task cim space anomalies
  deno task cim space anomalies performance web-01 --from 2026-10-05T00:00Z
  deno task cim space anomalies capacity --points
  deno task cim space anomalies --archive data/samples/fleet --truth data/samples/fleet/ground_truth.json`,
    )
    .action((name: string, thing: string | undefined, options: Options, command: Command) => {
      const { from, to } = options;
      if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to)) {
        command.error(`error: --from ${from} is after --to ${to}`, { exitCode: EXIT.usage });
      }
      return run((terminal) =>
        options.points
          ? withSpace(name, options, terminal, async (space) => {
            await tellPoints(space, thing, options, terminal);
            return EXIT.done;
          })
          : tell(name, thing, options, terminal)
      );
    });
}

async function tell(
  name: string,
  thing: string | undefined,
  options: Options,
  terminal: Terminal,
): Promise<number> {
  const { from, to, fdr, truth: file, json } = options;
  const truth = file === undefined ? undefined : truthOf(await contentOf(file));
  return await withSpace(name, options, terminal, async (space) => {
    const period = { ...(from ? { from } : {}), ...(to ? { to } : {}) };
    terminal.progress("Looking for what is not as usual …");
    const found = await space.anomalies({ fdr, ...period, signal: terminal.signal }, thing);
    if (json) {
      for (const incident of found.rows) terminal.print(jsonLine(onWire(incident)));
      terminal.print(jsonLine(found.coverage));
    } else {
      if (found.rows.length > 0) terminal.print(`${found.table()}\n`);
      for (const { text } of found.rows) terminal.print(text);
      terminal.print(`${found.rows.length > 0 ? "\n" : ""}${found.summary}`);
    }
    if (truth) {
      const judged = judgedIncidents(found.rows, truth.incidents);
      if (json) terminal.print(jsonLine(judged));
      else {
        const { told, right, precision, recall } = judged;
        terminal.print(`\n${judgedIncidentsTable(judged)}`);
        terminal.print(
          `\nprecision ${told === 0 ? "none" : percent(precision!)} (${right} of ${told}), ` +
            `recall ${recall === null ? "none" : percent(recall)}`,
        );
      }
    }
    return EXIT.done;
  });
}

/** With moments in RFC 3339 throughout: those of its anomalies are numbers in the library. */
function onWire(incident: FoundIncident): unknown {
  const moment = (millis: number) => new Date(millis).toISOString();
  const parts = incident.parts.map((part) => ({
    ...part,
    anomalies: part.anomalies.map((one) => ({
      ...one,
      from: moment(one.from),
      to: one.to === null ? null : moment(one.to),
      found: moment(one.found),
      peak: moment(one.peak),
    })),
  }));
  return { ...incident, parts };
}

async function tellPoints(
  space: Perception,
  name: string | undefined,
  { fdr, json }: Options,
  terminal: Terminal,
): Promise<void> {
  const only = name === undefined ? undefined : space.thing(name);
  const all = await space.points({ fdr });
  const found = new AnomalousPoints(
    all.rows.filter(({ thing }) => !only || thing === only),
    all.few,
  );
  if (json) { for (const point of found.rows) terminal.print(jsonLine(point)); }
  else {
    if (found.rows.length > 0) terminal.print(`${found.table()}\n`);
    const few = found.few.map(({ concept, things }) => `${concept || "(no kind)"} (${things})`)
      .join(", ");
    const said = found.rows.filter(({ isDiscovery }) => isDiscovery).length;
    terminal.print(
      `${counted(said, "discovery", "discoveries")} of ${counted(found.rows.length, "thing")}` +
        (few === "" ? "" : `; too few of a kind to tell: ${few}`),
    );
  }
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function share(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("It is a share, above 0 to 1.");
  return value;
}
