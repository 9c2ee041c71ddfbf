/** Where a report's numbers come from: at the foot of its page, and in the metadata of its notebook. */
import type { LogRead } from "../../replay/log_read.ts";
import { escapeHtml } from "../../table/escape.ts";
import { visible, whole } from "../../table/text.ts";

/** What a run was made of, as the metadata of an executed notebook say it under `cim`. */
export interface NotebookProvenance {
  /** The notebook's name, such as `04-concepts`. */
  notebook: string;
  /** SHA-256 of its file before it ran, in hexadecimal digits. */
  sha256: string;
  /** All its parameters as they were. */
  parameters: Record<string, string | number | boolean>;
  /** The parts of logs that it read. */
  logs_read: LogRead[];
  /** The programs that made it, with their versions. */
  versions: Record<string, string>;
  /** How long it took. */
  seconds: number;
}

/** What a reader needs to make the same report again, and to see that it is the same. */
export interface ReportProvenance extends NotebookProvenance {
  /** When the report was made, RFC 3339. */
  made_at: string;
  /** The command that makes it again. */
  command: string;
}

/** Provenance in words. */
export interface Facts {
  /** What is so, and what it is. */
  facts: [term: string, value: string][];
  /** The logs that were read: the names of the columns, and the rows. */
  columns: string[];
  rows: string[][];
  /** What to run, and what that does. */
  checks: [command: string, does: string][];
}

/** The most parts of logs that are listed: a notebook may ask as of a thousand moments. */
const MOST_ROWS = 20;

/** What is to be said at the foot of a report. */
export function factsOf(provenance: ReportProvenance): Facts {
  const { notebook, sha256, parameters, logs_read, versions, seconds, made_at, command } =
    provenance;
  const given = Object.entries(parameters).map(([name, value]) =>
    `${name} = ${JSON.stringify(value)}`
  );
  const shown = logs_read.slice(-MOST_ROWS);
  const experiments = shown.some(({ experiment }) => experiment !== undefined);
  return {
    facts: [
      ["Notebook", `${notebook}.ipynb, SHA-256 ${sha256}`],
      ["Parameters", given.join(", ") || "none"],
      ["Made", `${made_at}, in ${seconds.toFixed(1)} s`],
      ["Made with", Object.entries(versions).map((one) => one.join(" ")).join(", ")],
      ...(shown.length < logs_read.length
        ? [
          ["Not shown", `${logs_read.length - shown.length} more parts of logs`] as [
            string,
            string,
          ],
        ]
        : []),
    ],
    columns: [
      "log",
      "sequences",
      "events",
      "as of",
      "log hash",
      ...(experiments ? ["experiment"] : []),
    ],
    rows: shown.map((read) => [
      read.archive ?? read.stream,
      `${whole(read.first_sequence)} to ${whole(read.last_sequence)}`,
      whole(read.events),
      read.as_of ?? "",
      read.log_hash,
      ...(experiments ? [read.experiment ?? ""] : []),
    ]),
    checks: [
      [command, "makes this report again"],
      ...[...newest(logs_read).values()].map((read): [string, string] => [
        replayCommand(read),
        `prints the log hash ${read.log_hash}`,
      ]),
    ],
  };
}

/** Of each log the part that goes farthest, and begins at its beginning, as a replay does. */
function newest(read: readonly LogRead[]): Map<string, LogRead> {
  const found = new Map<string, LogRead>();
  for (const one of read) {
    const log = JSON.stringify([one.archive, one.stream, one.incarnation]);
    const before = found.get(log);
    if (
      one.events > 0 && one.first_sequence === 1 &&
      (before?.last_sequence ?? 0) <= one.last_sequence
    ) {
      found.set(log, one);
    }
  }
  return found;
}

function replayCommand({ archive, last_sequence }: LogRead): string {
  const from = archive === undefined ? "" : ` --archive ${shellWord(archive)}`;
  return `deno task cim replay${from} --sequence ${last_sequence} --json`;
}

/** A word as a POSIX shell takes it literally. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The foot of the page. */
export function provenanceHtml(provenance: ReportProvenance): string {
  const { facts, columns, rows, checks } = factsOf(provenance);
  const text = (one: string) => escapeHtml(visible(one));
  const list = facts.filter(([, value]) => value !== "")
    .map(([term, value]) => `<dt>${term}</dt><dd>${text(value)}</dd>`).join("\n");
  const head = columns.map((one) => `<th scope="col">${one}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((one) => `<td>${text(one)}</td>`).join("")}</tr>`);
  const table = rows.length === 0
    ? "<p>It read no log.</p>\n"
    : `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body.join("\n")}\n` +
      `</tbody></table></div>\n`;
  const commands = checks.map(([command, does]) =>
    `<li><code>${text(command)}</code> ${text(does)}</li>`
  );
  return `<footer>
<h2>Provenance</h2>
<dl>
${list}
</dl>
${table}<p>To check it:</p>
<ul>
${commands.join("\n")}
</ul>
</footer>
`;
}
