/** `cim project`: keeps a read model that others open in step with the log. */
import { join } from "node:path";
import { Argument, type Command, Option } from "commander";
import { ProjectionUnavailable } from "../projections/projection.ts";
import type { Projector } from "../projections/projector.ts";
import { ProjectorEnded } from "../projections/projector_error.ts";
import type { ProjectionState } from "../projections/projection_state.ts";
import { readStatus } from "../projections/status_file.ts";
import type { Unparked } from "../projections/unpark.ts";
import type { Comparison } from "../replay/compare.ts";
import { MODEL_NAMES, type ModelName, MODELS, publishedPath } from "../replay/model_paths.ts";
import { columns, counted, whole } from "../table/text.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";
import { describeComparison } from "./comparison.ts";
import { progressOf } from "./progress.ts";
import {
  addNetBoxOptions,
  NETBOX_HELP,
  type NetBoxAsked,
  requireFitting,
} from "./project_netbox_options.ts";
import type { KeptElsewhere, Told } from "./project_told.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";

/** Opens what is kept in step besides the published models. */
type Opened = (workspace: Workspace) => Promise<KeptElsewhere>;

/** By who opens it: which server that is, is found out before the log is opened. */
const ELSEWHERE = {
  async neo4j({ rebuild = false }, terminal) {
    const { graphKept, neo4jToUse } = await import("./project_graph.ts");
    const settings = await neo4jToUse();
    return () => graphKept(settings, rebuild, terminal);
  },
  async metrics(options, terminal) {
    const { metricsKept, metricsToUse } = await import("./project_metrics.ts");
    const settings = metricsToUse();
    return (workspace) => metricsKept(settings, options, workspace, terminal);
  },
  async netbox(options, terminal) {
    const { netBoxKept, netBoxToUse } = await import("./project_netbox.ts");
    const settings = netBoxToUse(terminal);
    return (workspace) => netBoxKept(settings, options, workspace, terminal);
  },
} satisfies Record<string, (options: Options, terminal: Terminal) => Promise<Opened>>;
type Elsewhere = keyof typeof ELSEWHERE;
type Kept = ModelName | Elsewhere;

/** How often it is said how it is, in milliseconds. */
const STATE_MS = 1_000;
/** How often whoever does not watch tries to open the model, within a second and a half: another may be just closing it. */
const TRIES = 5;

/** Another process has the model, and will have it for as long as it runs. */
class KeptInStep extends Error {
  override readonly name = "KeptInStep";
  readonly code = "projection_kept";
  constructor(pid: number, cause: Error) {
    const why = `process ${pid} keeps it in step: stop it first, and then run this again`;
    super(`${cause.message}; ${why}`, { cause });
  }
}

/** What was asked for. */
interface Options extends NetBoxAsked {
  watch?: boolean;
  rebuild?: boolean;
  unpark?: boolean;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addProject(program: Command): void {
  const command = program.command("project")
    .summary("keep a published read model in step with the log")
    .description(
      "Brings a read model up to date that others open: each time they do they find the newest one, which is whole, " +
        "while the one that is being written is nobody else's.",
    )
    .addArgument(
      new Argument(
        "<projection>",
        "which one: all tables, positions only, the graph of a Neo4j, time series of a VictoriaMetrics, or a NetBox",
      ).choices([...MODEL_NAMES, ...Object.keys(ELSEWHERE)]),
    )
    .option("--watch", "go on, until it is interrupted")
    .addOption(
      new Option(
        "--rebuild",
        "begin anew with a replay; what differs is said, and then the new one is published",
      ),
    )
    .option(
      "--unpark",
      "try the events again that could not be applied, and say how many were, and how many stay parked",
    )
    .option("--json", "print JSON: with --watch an object whenever something has changed")
    .addHelpText(
      "after",
      `
What an event is to blame for is parked, with the later events of the same aggregate: cim status shows how many, and
FROM fold.parked which and why. A database that is damaged, or of another log, is put aside and begun anew. Where a
hundred events in a row cannot be applied, each of another aggregate, it is not about the events, and it ends.

One process works on a model at a time. Beside a --watch that runs, another --watch waits until it is its turn; all else
fails after a second and a half with the number of that process, which is to be stopped first, for --unpark too.

Positions are made anew each time that they are published, which takes some 13 s for a million events; so with --watch
they are published every few seconds of a short history, and every few minutes of a long one.

The graph is that of NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD (and NEO4J_DATABASE), or of the server that
deno task neo4j has started. It is written in place, also with --rebuild; a graph of another log is emptied first, and
what others have in that database stays. Several may work on it: each event is applied by one of them.

The time series are those of METRICS_URL, a VictoriaMetrics (with METRICS_TOKEN, or METRICS_USERNAME and METRICS_PASSWORD),
under the label job of METRICS_JOB, cim unless it says otherwise. One process works on them at a time; of one that was
killed the next one waits for ten seconds whether it is really gone. With --watch the server needs
-dedup.minScrapeInterval=1ms. Where METRICS_URL ends in /api/v1/write (or /api/v1/push, of a Mimir) samples go there by
Prometheus' remote write, and only new ones: the first run writes nothing but remembers where the log ends, and each one
goes on from where the last was. A Prometheus takes it with --web.enable-remote-write-receiver; what is more than an hour
older than its newest, or comes after a later sample of the same series, it does not take, and that is counted, as is
what is ten minutes ahead of the clock. Nothing can be made anew there, so --rebuild is refused.

${NETBOX_HELP}

Examples:
  deno task cim project sql --watch
  deno task cim sql "FROM inventory" --model
  deno task cim project spaces
  deno task cim sql "FROM position_drift" --model data/local/models/spaces.duckdb
  METRICS_URL=http://127.0.0.1:8428 deno task cim project metrics
  deno task cim project netbox --plan
  deno task cim project netbox --watch`,
    )
    .action((model: Kept, options: Options) => {
      requireFitting(model, options, command);
      return run((terminal) => project(model, options, terminal), KEPT);
    });
  addNetBoxOptions(command);
}

async function project(model: Kept, options: Options, terminal: Terminal): Promise<number> {
  const { watch = false, plan, reset } = options;
  if (model === "netbox" && (plan || reset)) {
    const { netBoxOnce, netBoxToUse } = await import("./project_netbox.ts");
    const settings = netBoxToUse(terminal);
    await using workspace = await openWorkspace(terminal);
    return await netBoxOnce(settings, options, workspace, terminal);
  }
  const opened = model in ELSEWHERE
    ? await ELSEWHERE[model as Elsewhere](options, terminal)
    : undefined;
  await using workspace = await openWorkspace({
    ...terminal,
    ...(watch ? { patience: Infinity } : {}),
  });
  try {
    return await projectIn(workspace, model, await opened?.(workspace), options, terminal);
  } catch (error) {
    const cause = error instanceof ProjectorEnded ? error.cause : error;
    if (!(cause instanceof ProjectionUnavailable)) throw error;
    if (model in ELSEWHERE) throw cause; // it says itself who keeps others out, if anybody does
    const keeper = (await readStatus(join(workspace.folder, MODELS)))
      .find(({ projection, running, pid }) => projection === model && running && pid !== Deno.pid);
    throw keeper ? new KeptInStep(keeper.pid, cause) : cause;
  }
}

async function projectIn(
  workspace: Workspace,
  model: Kept,
  elsewhere: KeptElsewhere | undefined,
  options: Options,
  terminal: Terminal,
): Promise<number> {
  const { watch = false, rebuild = false, unpark, json } = options;
  let comparison: Comparison | undefined;
  const last = await workspace.log.lastSequence();
  const projector = await workspace.project({
    ...(elsewhere ?? { model: model as ModelName }),
    onAside: (reason, path) =>
      terminal.warn(`the model was begun anew: ${reason}; the old one is ${path}`),
    onReplace: (found) => comparison = found,
    onProgress: progressOf(terminal, "Replaying"),
    rebuild,
    // One that has ended has nothing un-parked any more.
    ...(watch || unpark ? {} : { through: last }),
    ...(watch ? {} : { failures: TRIES }),
  });
  let unparked: { applied: number; left: number } | undefined;
  if (unpark) {
    const { signal } = terminal;
    await follow(projector, projector.waitFor(last, { signal }), options, terminal);
    const { applied, left }: Unparked = await projector.unpark({ signal });
    unparked = { applied, left: left.length };
    if (!watch) await projector.stop();
    else {
      terminal.print(json ? JSON.stringify({ unparked }) : unparkedRow(unparked).join("  "));
      terminal.flush();
    }
  }
  if (watch) await follow(projector, projector.ended, options, terminal);
  await projector.ended;
  const state = await projector.state();
  const path = publishedPath(workspace.folder, model as ModelName);
  const told = elsewhere ? await elsewhere.told() : toldOfModel(path, comparison, state.position);
  if (json) {
    terminal.print(JSON.stringify({ ...state, ...told.json, ...(unparked ? { unparked } : {}) }));
    return told.exitCode ?? EXIT.done;
  }
  const rows = [
    told.place,
    ...stateRows(state, told.parked),
    ...told.rows,
    ...(unparked ? [unparkedRow(unparked)] : []),
  ];
  for (const line of columns(rows)) terminal.print(line);
  for (const line of told.lines) terminal.print(line);
  return told.exitCode ?? EXIT.done;
}

function toldOfModel(path: string, comparison: Comparison | undefined, position: number): Told {
  return {
    json: { path, ...(comparison ? { replaced: comparison } : {}) },
    place: ["Model", path],
    parked: `deno task cim sql "FROM fold.parked" --model "${path}"`,
    rows: [],
    lines: describeComparison(comparison, { last_sequence: position }),
  };
}

/** Says how it is whenever that has changed, until something else is over. */
async function follow(
  projector: Projector,
  over: Promise<unknown>,
  { watch, json }: Options,
  terminal: Terminal,
): Promise<void> {
  let said = "";
  const isOver = over.then(() => true, () => true);
  for (;;) {
    const state = await projector.state();
    const line = json ? JSON.stringify(state) : stateLine(state);
    const changed = json ? `${state.position} ${state.parked} ${state.because}` : line;
    if (changed !== said) {
      if (!json) terminal.progress(line);
      else if (watch) terminal.print(line);
      terminal.flush();
      said = changed;
    }
    const later = Promise.withResolvers<false>();
    const timer = setTimeout(() => later.resolve(false), STATE_MS);
    const ended = await Promise.race([isOver, later.promise]);
    clearTimeout(timer);
    if (ended) return;
  }
}

function unparkedRow({ applied, left }: { applied: number; left: number }): [string, string] {
  return ["Un-parked", `${counted(applied, "event")} applied, ${whole(left)} still parked`];
}

function stateLine(
  { position, lag_events, events_per_second, parked, healthy, because }: ProjectionState,
): string {
  return `At sequence ${whole(position)}, ${counted(lag_events, "event")} behind, ` +
    `${whole(Math.round(events_per_second))} events/s` +
    `${parked > 0 ? `, ${whole(parked)} parked` : ""}${healthy ? "" : `; ${because}`}`;
}

/** How a projection is, in rows for people. */
function stateRows(
  { position, lag_events, events, parked, skipped, healthy, because }: ProjectionState,
  howToSeeParked: string,
): [string, string][] {
  return [
    ["Position", `sequence ${whole(position)}, ${counted(lag_events, "event")} behind the log`],
    ["Holds", counted(events, "event")],
    ...(parked > 0
      ? [
        [
          "Parked",
          `${counted(parked, "event")}: ${howToSeeParked}`,
        ] as [string, string],
      ]
      : []),
    ...(skipped > 0
      ? [["Passed over", `${counted(skipped, "message")} that are no events`] as [string, string]]
      : []),
    ...(healthy ? [] : [["Unwell", because] as [string, string]]),
  ];
}
