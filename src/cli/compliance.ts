/** `cim compliance`: which resources keep to which policies, as of any moment. */
import { type Command, Option } from "commander";
import type { Compliance } from "../policy/compliance.ts";
import type { Verdict } from "../policy/verdict.ts";
import type { Until } from "../replay/until.ts";
import { counted } from "../table/text.ts";
import { contentOf } from "./given.ts";
import { openSource } from "./sources.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { addUntil, isNow } from "./until.ts";

interface Options extends Until {
  archive?: string;
  policy?: string;
  verdict?: Verdict[];
  all?: boolean;
  json?: boolean;
}

/** What is shown unless something else is asked for: what somebody has to look at. */
const AMISS: Verdict[] = ["fail", "error"];

/** Adds the command to the command line. */
export function addCompliance(program: Command): void {
  addUntil(
    program.command("compliance")
      .summary("which resources keep to which policies, since when and why")
      .description(
        "Judges every resource by every policy (SetPolicy), as of now or of a moment: pass, fail, error where a rule " +
          "cannot be evaluated, not_applicable where its selector does not pick the resource.",
      )
      .argument("[policy]", "the name of one policy"),
  )
    .option("--archive <folder>", "judge what this archive has, which needs no server")
    .option(
      "--policy <file>",
      "judge by a policy, or a list of them, as SetPolicy has it, instead of the log's",
    )
    .addOption(
      new Option("--verdict <verdict...>", "show these").choices([
        "pass",
        "fail",
        "error",
        "not_applicable",
      ]).conflicts("all"),
    )
    .option("--all", "show all; without it, what fails or cannot be judged")
    .option("--json", "print a JSON object a row, with the ids of the events that it rests on")
    .addHelpText(
      "after",
      `
Exits with ${EXIT.done} where every resource keeps to every policy that applies, and with ${EXIT.refused} where one fails or cannot
be judged, whatever is shown. Where there is no policy, or no resource, it exits with ${EXIT.done} and says on stderr that nothing
was judged; with ${EXIT.failed} where there is no policy of the name that is given, or a file cannot be read.

A rule is CEL (https://cel.dev) over the variables resource, software, networks, connections, measurements, means,
rates, measured_at and now: src/rule/types.ts lists all that is in them.

Examples:
  deno task cim compliance --archive data/samples/fleet --as-of 2026-10-07T00:00Z
  deno task cim compliance servers-are-redundant --all --json`,
    )
    .action((policy: string | undefined, options: Options) =>
      run((terminal) => judged(policy, options, terminal))
    );
}

async function judged(
  policy: string | undefined,
  { archive, policy: file, verdict, all, json, ...until }: Options,
  terminal: Terminal,
): Promise<number> {
  const policies = file === undefined
    ? {}
    : { policies: (await import("../policy/policy_file.ts")).policiesOf(await contentOf(file)) };
  await using source = await openSource(archive, terminal);
  await using model = await source.replay(until);
  const { compliance } = await import("../policy/compliance.ts");
  const found = await compliance(model, {
    ...policies,
    ...(policy === undefined ? {} : { policy }),
    ...(archive === undefined && isNow(until) ? { now: new Date() } : {}),
    signal: terminal.signal,
  });
  if (found.rows.length === 0) terminal.warn(nothingJudged(policies));
  const verdicts = all ? [] : verdict ?? AMISS;
  if (json) {
    for (const row of found.rows) {
      if (all || verdicts.includes(row.verdict)) terminal.print(JSON.stringify(row));
    }
  } else for (const line of describe(found, verdicts)) terminal.print(line);
  return found.complies ? EXIT.done : EXIT.refused;
}

/** A gate that nothing went through says so, though nothing is amiss. */
function nothingJudged({ policies }: { policies?: readonly unknown[] }): string {
  const why = policies === undefined
    ? "at that moment there is no policy in the log, or no resource; deno task cim submit sets one with SetPolicy"
    : policies.length === 0
    ? "there is no policy in the file"
    : "at that moment there is no resource";
  return `Nothing was judged: ${why}`;
}

function describe(found: Compliance, verdicts: Verdict[]): string[] {
  const { pass, fail, error, not_applicable: other } = found.counts;
  const table = found.table(...verdicts);
  return [
    ...(table.values.length > 0 ? [String(table), ""] : []),
    found.rows.length === 0
      ? "Nothing was judged"
      : `${counted(pass, "pass", "passes")}, ${counted(fail, "fail")}, ` +
        `${counted(error, "error")}, ${other} not applicable`,
  ];
}
