/** Where a read model comes from, so that anybody can make it again and compare. */
import type { Checkpoint } from "../projections/sql/fold.ts";
import { escapeHtml } from "../table/escape.ts";

/** The MIME type under which a notebook's output carries a {@linkcode Provenance}. */
export const PROVENANCE_MIME = "application/vnd.cim.provenance+json";

/** From which events something was made, and by what. */
export interface Provenance extends Checkpoint {
  /** The log. */
  stream: string;
  /** The moment it was replayed to, if it was not simply the newest. */
  as_of?: string;
  /** How many messages of the log were passed over because they are no events; absent when none was. */
  skipped?: number;
  /** The programs that made it, with their versions. */
  versions: Record<string, string>;
}

/** A provenance as a notebook shows it. */
export function provenanceBundle(provenance: Provenance): Record<string, unknown> {
  const { stream, first_sequence, last_sequence, events, log_hash, as_of, skipped, versions } =
    provenance;
  const facts: [string, string][] = [
    ["Stream", stream],
    ["Sequences", `${first_sequence} to ${last_sequence}`],
    ["Events", String(events)],
    ["Log hash", log_hash],
    ...(as_of === undefined ? [] : [["As of", as_of] as [string, string]]),
    ...(skipped === undefined
      ? []
      : [["Passed over", `${skipped} messages that are no events`] as [string, string]]),
    ["Made by", Object.entries(versions).map((one) => one.join(" ")).join(", ")],
  ];
  const rows = facts.map(([name, value]) =>
    `<tr><th scope="row" style="text-align:left">${escapeHtml(name)}</th>` +
    `<td style="text-align:left">${escapeHtml(value)}</td></tr>`
  );
  return {
    "text/html": `<table>${rows.join("")}</table>`,
    "text/plain": facts.map((fact) => fact.join(": ")).join("\n"),
    [PROVENANCE_MIME]: provenance,
  };
}
