/** An executed notebook as one page that opens without a network, and runs nothing but its charts. */
import { codeHtml } from "./highlighted_code.ts";
import { escapeHtml } from "../../table/escape.ts";
import { type Heading, MarkdownPage } from "./markdown.ts";
import { type Cell, type Notebook, wholeText } from "./nbformat.ts";
import { OutputsPage } from "./outputs.ts";
import { pageHtml } from "./page.ts";
import { chartScripts } from "./plotly.ts";
import { provenanceHtml, type ReportProvenance } from "./provenance.ts";
import { Sanitizer } from "./sanitizer.ts";

/** How a notebook is exported. */
export interface ExportOptions {
  /** The page's title; by default that of the notebook: its first heading of the first level. */
  title?: string;
  /** Where the numbers come from. Without it the page has no foot. */
  provenance?: ReportProvenance;
}

/**
 * The page: the same for the same notebook, byte for byte.
 *
 * @throws {RangeError} for a notebook of another format than 4
 */
export async function exportHtml(
  notebook: Notebook,
  { title, provenance }: ExportOptions = {},
): Promise<string> {
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new RangeError(
      `Cannot export a notebook of nbformat ${notebook.nbformat}: 4 is possible; ` +
        `open and save it in JupyterLab to convert it`,
    );
  }
  const markdown = new MarkdownPage();
  const outputs = new OutputsPage(new Sanitizer(), markdown);
  const language = notebook.metadata?.language_info?.name ??
    notebook.metadata?.kernelspec?.language ?? "typescript";
  const cells = notebook.cells.map((cell) => cellHtml(cell, { markdown, outputs, language }));

  const first = markdown.headings.find(({ depth }) => depth === 1);
  const name = title ?? first?.text ?? notebook.metadata?.title ?? "Report";
  const scripts = outputs.hasCharts ? await chartScripts() : undefined;
  const head = first ? "" : `<h1>${escapeHtml(name)}</h1>\n`;
  return await pageHtml({
    title: name,
    body: contents(markdown.headings.filter((heading) => heading !== first)) +
      `<main>\n${head}${cells.filter((html) => html !== "").join("\n")}\n</main>\n` +
      (provenance ? provenanceHtml(provenance) : "") + (scripts?.html ?? ""),
    scripts: scripts?.allowed ?? [],
    inlineStyles: true,
  });
}

function cellHtml(
  cell: Cell,
  { markdown, outputs, language }: {
    markdown: MarkdownPage;
    outputs: OutputsPage;
    language: string;
  },
): string {
  const source = wholeText(cell.source);
  switch (cell.cell_type) {
    case "markdown":
      return `<section class="prose">\n${markdown.html(source, cell.attachments)}</section>`;
    case "code": {
      const results = cell.outputs ?? [];
      const code = source.trim() === ""
        ? "" // a cell that failed is read with its code
        : `<details class="code"${
          results.some((one) => one.output_type === "error") ? " open" : ""
        }><summary>Code</summary>` +
          `<pre><code>${codeHtml(source, language)}</code></pre></details>`;
      const results_html = outputs.html(results);
      return code || results_html
        ? `<section class="cell">\n${code}\n${results_html}\n</section>`
        : "";
    }
    default: // raw, which is for other programs: as it is
      return `<pre class="raw">${escapeHtml(source)}</pre>`;
  }
}

/** The contents: nested no deeper than the third level, for they are to be seen at a glance. */
function contents(headings: readonly Heading[]): string {
  const listed = headings.filter(({ depth, text }) => depth <= 3 && text !== "");
  if (listed.length < 2) return "";
  const top = Math.min(...listed.map(({ depth }) => depth));
  const items = listed.map(({ depth, text, id }) =>
    `<li class="level-${depth - top}"><a href="#${escapeHtml(id)}"><bdi>${
      escapeHtml(text)
    }</bdi></a></li>`
  );
  return `<nav aria-label="Contents">\n<ul>\n${items.join("\n")}\n</ul>\n</nav>\n`;
}
