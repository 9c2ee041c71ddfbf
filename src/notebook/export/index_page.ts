/** The page that lists all reports. */
import { escapeHtml } from "../../table/escape.ts";
import { pageHtml } from "./page.ts";

/** A report in the index. */
export interface ReportEntry {
  /** Its file, relative to the index; of one that failed that of the last time, if there was one. */
  file?: string;
  title: string;
  /** What it asks: a paragraph. */
  summary: string;
  /** When that file was made, RFC 3339. */
  made?: string;
  /** How long that took. */
  seconds?: number;
  /** Why it could not be made this time, and the notebook as far as it came, relative to the index. */
  failed?: { reason: string; file: string };
}

/** Reports of one log. */
export interface ReportSection {
  title: string;
  /** What its reports have in common: a sentence. */
  summary: string;
  reports: readonly ReportEntry[];
}

/** The index of the reports, in the order given. */
export async function exportIndex(
  sections: readonly ReportSection[],
  { title = "Reports", summary = "" }: { title?: string; summary?: string } = {},
): Promise<string> {
  const made = sections.map((section) =>
    `<section class="section">\n<h2>${escapeHtml(section.title)}</h2>\n` +
    `<p>${escapeHtml(section.summary)}</p>\n` +
    (section.reports.length === 0
      ? `<p class="note">No report has been made yet.</p>\n`
      : `<ul class="reports">\n${section.reports.map(card).join("")}</ul>\n`) +
    `</section>\n`
  );
  const list = made.join("") || `<p class="note">No report has been made yet.</p>\n`;
  return await pageHtml({
    title,
    body: `<main>\n<h1>${escapeHtml(title)}</h1>\n` +
      `${summary && `<p class="summary">${escapeHtml(summary)}</p>\n`}${list}</main>\n`,
    inlineStyles: false,
    isIndex: true,
  });
}

function card({ file, title, summary, made, seconds, failed }: ReportEntry): string {
  const name = `<bdi>${escapeHtml(title)}</bdi>`;
  const when = made === undefined
    ? ""
    : `<time datetime="${escapeHtml(made)}">${escapeHtml(readable(made))}</time>`;
  const time = seconds === undefined ? "" : `in ${seconds.toFixed(1)} s`;
  const foot = [failed && when ? `The last one: ${when}` : when, time].filter(Boolean).join(", ");
  return `<li><h3>${
    file === undefined ? name : `<a href="${escapeHtml(address(file))}">${name}</a>`
  }</h3>\n<p>${escapeHtml(summary)}</p>\n${failed ? failure(failed) : ""}${
    foot && `<small>${foot}</small>`
  }</li>\n`;
}

function failure({ reason, file }: { reason: string; file: string }): string {
  return `<p class="failure"><strong>It failed.</strong> <bdi>${escapeHtml(reason)}</bdi> ` +
    `<a href="${escapeHtml(address(file))}">The notebook as far as it came</a></p>\n`;
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
