/** The page that lists all reports. */
import { escapeHtml } from "../../table/escape.ts";
import { pageHtml } from "./page.ts";

/** A report in the index. */
export interface ReportEntry {
  /** Its file, relative to the index. */
  file: string;
  title: string;
  /** One sentence. */
  summary: string;
  /** When it was made, RFC 3339. */
  made: string;
}

/** The index of the reports, in the order given. */
export async function exportIndex(
  reports: readonly ReportEntry[],
  { title = "Reports" }: { title?: string } = {},
): Promise<string> {
  const items = reports.map(({ file, title, summary, made }) =>
    `<li><a href="${escapeHtml(address(file))}"><bdi>${escapeHtml(title)}</bdi></a>\n` +
    `<p>${escapeHtml(summary)}</p>\n` +
    `<time datetime="${escapeHtml(made)}">${escapeHtml(readable(made))}</time></li>\n`
  );
  const list = items.length === 0
    ? `<p class="note">No report has been made yet.</p>\n`
    : `<ul class="reports">\n${items.join("")}</ul>\n`;
  return await pageHtml({
    title,
    body: `<main>\n<h1>${escapeHtml(title)}</h1>\n${list}</main>\n`,
    inlineStyles: false,
  });
}

/** The file's address. Whatever its name is, it is a file below the index, and never another scheme. */
function address(file: string): string {
  return "./" + file.split("/").filter((part) => part !== "" && part !== "." && part !== "..")
    .map(encodeURIComponent).join("/");
}

/** "2026-11-23 18:17 UTC"; what is no time stays as it is. */
function readable(made: string): string {
  const time = new Date(made);
  return Number.isNaN(time.getTime())
    ? made
    : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
