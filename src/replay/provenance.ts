/** Where a read model comes from, so that anybody can make it again and compare. */
import { type DuckDBConnection, version as duckdb } from "@duckdb/node-api";
import project from "../../deno.json" with { type: "json" };
import type { Checkpoint } from "../projections/projection.ts";
import { readCheckpoint, readIdentity } from "../projections/sql/fold.ts";
import { escapeHtml } from "../table/escape.ts";

/** The MIME type under which a notebook's output carries a {@linkcode Provenance}. */
export const PROVENANCE_MIME = "application/vnd.cim.provenance+json";

/** From which events something was made, and by what. */
export interface Provenance extends Checkpoint {
  /** The log. */
  stream: string;
  /** Tells the log from another one of the same name. */
  incarnation: string;
  /** The moment it was replayed to, if it was not simply the newest. */
  as_of?: string;
  /** The programs that made it, with their versions. */
  versions: Record<string, string>;
}

/**
 * Reads from a read model where it comes from.
 *
 * @param asOf the moment it was replayed to
 */
export async function readProvenance(
  connection: DuckDBConnection,
  asOf?: string | Date,
): Promise<Provenance> {
  const { name: stream, incarnation } = await readIdentity(connection);
  return {
    stream,
    incarnation,
    ...await readCheckpoint(connection),
    ...(asOf === undefined ? {} : { as_of: typeof asOf === "string" ? asOf : asOf.toISOString() }),
    versions: versions(),
  };
}

/** The programs that make things of a log, with their versions. */
export function versions(): Record<string, string> {
  return { [project.name]: project.version, deno: Deno.version.deno, duckdb: duckdb() };
}

/** A provenance as a notebook shows it. */
export function provenanceBundle(provenance: Provenance): Record<string, unknown> {
  const { stream, first_sequence, last_sequence, events, log_hash, as_of, skipped, parked } =
    provenance;
  const facts: [string, string][] = [
    ["Stream", stream],
    ["Sequences", `${first_sequence} to ${last_sequence}`],
    ["Events", String(events)],
    ["Log hash", log_hash],
    ...(as_of === undefined ? [] : [["As of", as_of] as [string, string]]),
    ...(skipped === 0
      ? []
      : [["Passed over", `${skipped} messages that are no events`] as [string, string]]),
    ...(parked === 0
      ? []
      : [["Parked", `${parked} events that could not be applied`] as [string, string]]),
    ["Made by", Object.entries(provenance.versions).map((one) => one.join(" ")).join(", ")],
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
