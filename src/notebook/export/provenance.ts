/** Where a report's numbers come from, at the foot of its page. */
import type { Provenance } from "../../replay/provenance.ts";
import { escapeHtml } from "../../table/escape.ts";

/** What a reader needs to make the same report again, and to see that it is the same. */
export interface ReportProvenance extends Provenance {
  /** When the report was made, RFC 3339. */
  made_at: string;
}

/** The foot of the page. */
export function provenanceHtml(provenance: ReportProvenance): string {
  const { stream, first_sequence, last_sequence, events, log_hash, as_of, made_at, versions } =
    provenance;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows: [string, string][] = [
    ["Stream", stream],
    ["Sequences", `${first_sequence} to ${last_sequence}`],
    ["Events", String(events)],
    ["Log hash", log_hash],
    ...(as_of === undefined ? [] : [["As of", as_of] as [string, string]]),
    ["Made", made_at],
    ["Made with", programs.join(", ")],
  ];
  const list = rows.filter(([, value]) => value !== "")
    .map(([term, value]) => `<dt>${term}</dt><dd>${escapeHtml(value)}</dd>`).join("\n");
  return `<footer>
<h2>Provenance</h2>
<dl>
${list}
</dl>
<p>To check it: <code>deno task cim replay --sequence ${
    escapeHtml(String(last_sequence))
  } --json</code> prints the same log hash.</p>
</footer>
`;
}
