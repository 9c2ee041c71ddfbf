/** `cim project netbox`: brings a NetBox to what the log has, beside what people have there. */
import type { Applied } from "../projections/netbox/apply.ts";
import { kindOf } from "../projections/netbox/kinds.ts";
import type { Plan } from "../projections/netbox/plan.ts";
import { NetBoxProjection } from "../projections/netbox/projection.ts";
import {
  netBoxEnvironment,
  type NetBoxSettings,
  NetBoxSettingsError,
} from "../projections/netbox/settings.ts";
import { columns, counted, whole } from "../table/text.ts";
import type { Workspace } from "../workspace.ts";
import { countsOf, planJson, planLines } from "./netbox_plan_text.ts";
import { nowAndThen } from "./progress.ts";
import type { Asked } from "./project_netbox_options.ts";
import type { KeptElsewhere } from "./project_told.ts";
import { EXIT, type Terminal } from "./terminal.ts";

/** The projection of a NetBox. */
export async function netBoxKept(
  settings: NetBoxSettings,
  options: Asked,
  workspace: Workspace,
  terminal: Terminal,
): Promise<KeptElsewhere> {
  const projection = await projectionOf(settings, options, workspace, terminal);
  return {
    projection,
    told() {
      const { last, client } = projection;
      const requests = Object.values(client.requests).reduce((sum, some) => sum + some, 0);
      const isRefused = last && (last.applied.refused.length > 0 || last.plan.blocked.length > 0);
      return Promise.resolve({
        json: {
          url: settings.url,
          requests: { ...client.requests },
          ...(last ? outcomeJson(last.plan, last.applied) : {}),
        },
        place: ["NetBox", settings.url],
        parked: "nats kv get CIM_PROJECTIONS, with the position of netbox",
        rows: [
          ...(last ? outcomeRows(last.plan, last.applied) : []),
          ["Requests", whole(requests)],
        ],
        lines: last ? outcomeLines(last.plan, last.applied) : [],
        exitCode: isRefused ? EXIT.refused : EXIT.done,
      });
    },
  };
}

/** Shows a plan, or removes what is ours; the exit code. */
export async function netBoxOnce(
  settings: NetBoxSettings,
  options: Asked,
  workspace: Workspace,
  terminal: Terminal,
): Promise<number> {
  const projection = await projectionOf(settings, options, workspace, terminal);
  try {
    if (options.plan) {
      const plan = await projection.plan();
      const json = () => JSON.stringify({ url: settings.url, ...planJson(plan) });
      for (const line of options.json ? [json()] : planLines(plan)) terminal.print(line);
      return plan.blocked.length > 0 ? EXIT.refused : EXIT.done;
    }
    const { plan, applied, marks } = await projection.removeOwn();
    if (options.json) {
      const outcome = outcomeJson(plan, applied);
      terminal.print(JSON.stringify({ url: settings.url, ...outcome, marks_kept: marks }));
    } else {
      const rows: [string, string][] = [["NetBox", settings.url], ...outcomeRows(plan, applied)];
      for (const line of columns(rows)) terminal.print(line);
      for (const line of [...outcomeLines(plan, applied), ...marks]) terminal.print(line);
    }
    const isLeft = plan.blocked.length > 0 || applied.refused.length > 0 || marks.length > 0;
    return isLeft ? EXIT.refused : EXIT.done;
  } finally {
    await projection.close();
  }
}

/** A `--watch` reads all of it again and again. */
const JOURNAL_MS = 10_000;

async function projectionOf(
  settings: NetBoxSettings,
  { adopt = false, delete: remove = false, rate, watch, json }: Asked,
  workspace: Workspace,
  terminal: Terminal,
): Promise<NetBoxProjection> {
  const say = nowAndThen(terminal, JOURNAL_MS);
  return new NetBoxProjection(await workspace.history(), workspace.log.connection, {
    ...settings,
    adopt,
    remove,
    signal: terminal.signal,
    ...(rate === undefined ? {} : { requestsPerSecond: rate }),
    onProgress: (what, done, of) =>
      say(
        what === "reading"
          ? `Reading NetBox … ${Math.round(100 * done / of)} %`
          : `Writing to NetBox … ${whole(done)} of ${counted(of, "change")}`,
      ),
    onApplied(plan, applied) {
      if (!watch || plan.changes.length === 0) return;
      const outcome = json
        ? JSON.stringify(outcomeJson(plan, applied))
        : outcomeRows(plan, applied).map(([name, value]) => `${name} ${value}`).join(", ");
      terminal.print(outcome);
      terminal.flush();
    },
  });
}

/**
 * The NetBox that the environment names.
 *
 * @throws {NetBoxSettingsError} where it names none
 */
export function netBoxToUse(terminal: Terminal): NetBoxSettings {
  const settings = netBoxEnvironment();
  if (!settings) {
    throw new NetBoxSettingsError(
      "NETBOX_URL",
      "is not set: set it to the address of a NetBox, and NETBOX_TOKEN to an API token of it",
    );
  }
  if (settings.warning) terminal.warn(settings.warning);
  return settings;
}

function outcomeJson(plan: Plan, { refused, waiting, ...counts }: Applied): object {
  const { conflicts, existing, gone, blocked, findings } = plan;
  return {
    through: plan.through,
    ...counts,
    unchanged: plan.unchanged,
    refused,
    conflicts: conflicts.map(({ written = null, ...one }) => ({ ...one, written })),
    existing,
    gone,
    blocked,
    waiting: [...plan.waiting, ...waiting],
    findings,
  };
}

function outcomeRows(plan: Plan, { refused, waiting, ...applied }: Applied): [string, string][] {
  const counts = countsOf(plan);
  const rows: [string, number | undefined][] = [
    ["Created", applied.created],
    ["Changed", applied.updated],
    ["Marked", applied.marked],
    ["Adopted", applied.adopted],
    ["Released", applied.released],
    ["Removed", applied.removed],
    ["Refused", refused.length],
    ["Conflicts", counts.conflicts],
    ["There already", counts.existing],
    ["Gone and kept", counts.gone],
    ["Not removed", counts.blocked],
    ["Waiting", plan.waiting.length + waiting.length],
    ["Left out", counts.findings],
  ];
  const some = rows.filter(([, count]) => count! > 0)
    .map(([name, count]): [string, string] => [name, counted(count!, "object")]);
  return some.length > 0 ? some : [["Unchanged", counted(plan.unchanged, "object")]];
}

/** What was refused, and what more there is to know. */
function outcomeLines(plan: Plan, { refused }: Applied): string[] {
  const named = [...refused, ...plan.blocked].map(({ kind, title, reason }) =>
    `The ${kindOf(kind).names[0]} ${title}: ${reason}`
  );
  const isMore = [plan.conflicts, plan.existing, plan.gone, plan.waiting, plan.findings]
    .some(({ length }) => length > 0);
  return [...named, ...(isMore ? ["--plan shows what was left alone, and why"] : [])];
}
