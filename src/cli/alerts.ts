/** `cim alerts`: what is not as policies want it for longer than it may be; then, now, and live. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { setTimeout as delay } from "node:timers/promises";
import { AlertDelivery } from "../policy/alert_delivery.ts";
import { AlertWatch } from "../policy/alert_watch.ts";
import { alertsTarget } from "../policy/alertmanager.ts";
import type { Alert } from "../policy/alerts.ts";
import { momentMicros } from "../policy/moment.ts";
import type { PolicyText, PolicyVersion } from "../policy/policies.ts";
import type { Model } from "../replay/model.ts";
import type { Until } from "../replay/until.ts";
import { counted, whole } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { contentOf } from "./given.ts";
import { openSource } from "./sources.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { addUntil, isNow, moment } from "./until.ts";

interface Options extends Until {
  from?: string;
  to?: string;
  archive?: string;
  policy?: string;
  truth?: string;
  watch?: boolean;
  every: number;
  webhook?: string;
  generatorUrl?: string;
  json?: boolean;
}

const THEN = ["asOf", "sequence"];
/** What is of use with --watch only. */
const LIVE = { every: "--every", webhook: "--webhook", generatorUrl: "--generator-url" };

/** An Alertmanager takes an alert for over of which it has not heard for five minutes, unless it is set up otherwise. */
const MOST_SECONDS = 240;

/** Adds the command to the command line. */
export function addAlerts(program: Command): void {
  addUntil(
    program.command("alerts")
      .summary("which resources have not kept to a policy for too long; live with --watch")
      .description(
        "A policy with `for` is an alert: it fires when its rule does not hold for that long, by the clocks of those " +
          "who measure. As of now or of a moment: what fires or is about to; with --from and --to: all that was firing " +
          "at some time from the one to the other, whenever it had begun.",
      ),
  )
    .addOption(
      new Option("--from <moment>", "all that was firing at some time from then on").argParser(
        moment,
      )
        .conflicts(THEN),
    )
    .addOption(new Option("--to <moment>", "and up to then").argParser(moment).conflicts(THEN))
    .option("--archive <folder>", "look at what this archive has, which needs no server")
    .option(
      "--policy <file>",
      "a policy, or a list of them, as SetPolicy has it, instead of the log's",
    )
    .option("--truth <file>", "compare with this ground_truth.json: precision and recall")
    .addOption(
      new Option("--watch", "go on, and tell what fires and what is over")
        .conflicts([...THEN, "from", "to", "archive", "truth"]),
    )
    .addOption(
      new Option("--every <seconds>", "how often to look, with --watch").argParser(seconds)
        .default(30),
    )
    .addOption(
      new Option("--webhook <url>", "with --watch: send them to this Alertmanager (API v2)")
        .argParser(address),
    )
    .option("--generator-url <url>", "with --webhook: where people can look at it")
    .option(
      "--json",
      'print a JSON object an alert; with --truth then one a policy and kind, and with policy "" of all together',
    )
    .addHelpText(
      "after",
      `
As of now or of a moment it exits with ${EXIT.refused} where something fires; otherwise, and always with --from, --to or --truth, with ${EXIT.done};
with ${EXIT.failed} where a file cannot be read, or a policy in it is none.

Examples:
  deno task cim alerts --archive data/samples/fleet --from 2026-10-01T00:00Z --to 2026-11-01T00:00Z
  deno task cim alerts --archive data/samples/fleet --policy rule.json --truth data/samples/fleet/ground_truth.json
  deno task cim alerts --watch --webhook http://127.0.0.1:9093`,
    )
    .action((options: Options, command: Command) => {
      const wrong = misused(options, command);
      if (wrong !== undefined) command.error(`error: ${wrong}`);
      return run((terminal) => alerted(options, terminal));
    });
}

/** Options that do not go together, which nobody should believe to have said something. */
function misused({ from, to, watch, webhook, generatorUrl }: Options, command: Command) {
  if (from !== undefined && to !== undefined && momentMicros(from) > momentMicros(to)) {
    return `--from ${from} is after --to ${to}`;
  }
  const live = Object.entries(LIVE).find(([name]) => command.getOptionValueSource(name) === "cli");
  if (!watch && live) return `${live[1]} is of use with --watch only`;
  if (generatorUrl !== undefined && webhook === undefined) {
    return "--generator-url is of use with --webhook only";
  }
}

async function alerted(options: Options, terminal: Terminal): Promise<number> {
  const policies = options.policy === undefined
    ? undefined
    : (await import("../policy/policy_file.ts")).policiesOf(await contentOf(options.policy));
  if (options.watch) return await watched(policies, options, terminal);
  const { archive, truth, asOf, sequence, from, to, json } = options;
  const until = {
    ...(asOf === undefined ? {} : { asOf }),
    ...(sequence === undefined ? {} : { sequence }),
  };
  await using source = await openSource(archive, terminal);
  await using model = await source.replay(until);
  const { alerts, alertsTable } = await import("../policy/alerts.ts");
  const isLive = archive === undefined && isNow(until);
  const end = to ?? (isLive ? new Date() : undefined);
  const all = await alerts(model, {
    ...(policies ? { policies } : {}),
    ...(from === undefined ? {} : { from }),
    ...(end === undefined ? {} : { to: end }),
    signal: terminal.signal,
  });
  const asked = policies ?? await policiesWithFor(model);
  if (asked.length === 0) terminal.warn("Nothing was looked for: there is no policy with `for`");
  const isPeriod = from !== undefined || to !== undefined || truth !== undefined;
  const shown = all.filter(({ state }) => isPeriod ? state !== "pending" : state !== "resolved");
  if (json) { for (const alert of shown) terminal.print(JSON.stringify(alert)); }
  else {
    if (shown.length > 0) terminal.print(`${alertsTable(shown)}\n`);
    terminal.print(isPeriod ? counted(shown.length, "alert") : present(shown));
  }
  if (truth !== undefined) {
    const { judge, judgedTable, judgeTogether, truthOf } = await import("../policy/judgement.ts");
    const happened = truthOf(await contentOf(truth));
    const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const names = asked.map(({ name }) => name);
    const judged = judge(shown, happened, { ...period, policies: names });
    const together = judgeTogether(shown, happened, period);
    if (json) { for (const one of [...judged, ...together]) terminal.print(JSON.stringify(one)); }
    else {
      const found = together.reduce((sum, one) => sum + one.found, 0);
      const all = together.reduce((sum, { incidents }) => sum + incidents, 0);
      terminal.print(`\n${judgedTable(judged, together)}\n`);
      terminal.print(`${whole(found)} of ${counted(all, "incident")} found`);
    }
  }
  return !isPeriod && shown.some(({ state }) => state === "firing") ? EXIT.refused : EXIT.done;
}

/** Looks again and again; each time the alerts are made anew from the log. */
async function watched(
  policies: PolicyText[] | undefined,
  { webhook, every, json, generatorUrl }: Options,
  terminal: Terminal,
): Promise<number> {
  const { signal, warn } = terminal;
  const { alerts } = await import("../policy/alerts.ts");
  await using workspace = await openWorkspace({ ...terminal, patience: Infinity });
  const watch = new AlertWatch();
  const delivery = webhook === undefined
    ? undefined
    : new AlertDelivery(webhook, { generatorURL: generatorUrl, signal }, warn);
  for (let looks = 0; !signal.aborted; looks++) {
    await using model = await workspace.replay({ onProgress: () => {} });
    if (looks === 0) warn(await watching(model, policies, every));
    const given = policies ? { policies } : {};
    const change = watch.look(await alerts(model, { ...given, to: new Date(), signal }));
    for (const alert of [...change.fired, ...change.resolved]) {
      terminal.print(json ? JSON.stringify(alert) : line(alert));
    }
    terminal.flush();
    delivery?.look(change);
    await delay(every * 1_000, undefined, { signal });
  }
  throw signal.reason;
}

/** The versions of the log's policies that are alerts. */
async function policiesWithFor(model: Model): Promise<PolicyVersion[]> {
  const { policyVersions } = await import("../policy/policies.ts");
  return (await policyVersions(model)).filter((one) => one.for !== undefined);
}

/** What is watched, in a line. */
async function watching(
  model: Model,
  policies: readonly PolicyText[] | undefined,
  every: number,
): Promise<string> {
  const set = policies ?? (await policiesWithFor(model)).filter(({ ended }) => ended === null);
  const { rows: [row] } = await model.query("SELECT count(*) AS resources FROM resources");
  return `Watching ${counted(set.length, "policy with `for`", "policies with `for`")} and ` +
    `${counted(Number(row!.resources), "resource")}, every ${every} s; Ctrl-C ends it`;
}

function present(alerts: readonly Alert[]): string {
  const firing = alerts.filter(({ state }) => state === "firing").length;
  return `${whole(firing)} firing, ${whole(alerts.length - firing)} pending`;
}

function line({ state, policy, severity, hostname, fired_at, resolved_at }: Alert): string {
  const when = state === "resolved" ? resolved_at : fired_at;
  return `${when}  ${state.padEnd(8)}  ${severity.padEnd(8)}  ${hostname}  ${policy}`;
}

function address(text: string): string {
  try {
    alertsTarget(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= MOST_SECONDS)) {
    throw new InvalidArgumentError(`It is a number of seconds, 1 to ${MOST_SECONDS}.`);
  }
  return value;
}
