/** What a code cell left behind, as HTML. */
import { chart } from "./chart.ts";
import { escapeHtml } from "../../table/escape.ts";
import { note } from "./html.ts";
import type { MarkdownPage } from "./markdown.ts";
import { latexHtml } from "./math.ts";
import { type MimeBundle, type Output, wholeText } from "./nbformat.ts";
import { pixels } from "./picture.ts";
import type { Sanitizer } from "./sanitizer.ts";
import { terminalHtml } from "./terminal_text.ts";

/** JSON of more lines than these is folded. */
const FOLDED_FROM_LINES = 20;

/** The mime type of Plotly's figures. */
const FIGURE = "application/vnd.plotly.v1+json";

/** Renders the outputs of one page. */
export class OutputsPage {
  /** Whether a chart was among them, which needs plotly.js on the page. */
  hasCharts = false;

  constructor(private readonly sanitizer: Sanitizer, private readonly markdown: MarkdownPage) {}

  /** The outputs of one cell, in order. What a program prints line by line is one text. */
  html(outputs: readonly Output[]): string {
    return joined(outputs).map((output) => this.#output(output)).join("\n");
  }

  #output(output: Output): string {
    switch (output.output_type) {
      case "stream": {
        const name = output.name === "stderr" ? "stderr" : "stdout";
        return `<pre class="output ${name}">${terminalHtml(wholeText(output.text))}</pre>`;
      }
      case "error": {
        const title = [output.ename, output.evalue].map(wholeText).filter((one) => one !== "");
        const trace = terminalHtml((output.traceback ?? []).map(wholeText).join("\n"));
        return `<div class="output error"><p><strong>${
          terminalHtml(title.join(": "))
        }</strong></p>` +
          `${trace && `<pre>${trace}</pre>`}</div>`;
      }
      case "display_data":
      case "execute_result":
        return `<div class="output">${this.#bundle(output.data ?? {})}</div>`;
      default: {
        const { output_type } = output as { output_type: unknown };
        return note(`An output of the unknown kind "${output_type}" is not shown.`);
      }
    }
  }

  /** The richest form of the bundle that this page can show. */
  #bundle(data: MimeBundle): string {
    for (const form of this.#forms(data)) {
      const html = form();
      if (html) return html;
    }
    const types = Object.keys(data).sort().join(", ") || "nothing";
    return note(`This output cannot be shown here: it is ${types}.`);
  }

  /** The forms in order, the richest first; one that comes to nothing is empty or undefined. */
  #forms(data: MimeBundle): (() => string | undefined)[] {
    const text = (type: string) => type in data ? wholeText(data[type]) : undefined;
    const given = (type: string, html: (text: string) => string) => () => {
      const value = text(type);
      return value === undefined ? undefined : html(value);
    };
    const svg = given("image/svg+xml", (value) => {
      const safe = this.sanitizer.svg(value);
      return safe && `<div class="picture">${safe}</div>`;
    });
    const picture = () => {
      const source = pixels(data);
      // The plain text beside a picture is often the name of an object, and still better than no word.
      const alt = escapeHtml(text("text/plain")?.trim().slice(0, 200) ?? "Picture");
      return source && `<div class="picture"><img src="${source}" alt="${alt}"></div>`;
    };
    return [
      () => FIGURE in data ? this.#chart(data, svg() || picture() || "") : undefined,
      given("text/html", (value) => {
        const safe = this.sanitizer.html(value);
        return safe && `<div class="wide html">${safe}</div>`;
      }),
      svg,
      picture,
      given("text/markdown", (value) => `<div class="prose">${this.markdown.html(value)}</div>`),
      given("text/latex", latexHtml),
      () => "application/json" in data ? jsonHtml(data["application/json"]) : undefined,
      given("text/plain", (value) => `<pre>${terminalHtml(value)}</pre>`),
      () => otherJson(data),
    ];
  }

  #chart(data: MimeBundle, still: string): string | undefined {
    const html = "text/html" in data ? this.sanitizer.html(wholeText(data["text/html"])) : "";
    const made = chart(data[FIGURE], still, html);
    if (made?.drawn) this.hasCharts = true;
    return made?.html;
  }
}

/** Neighbouring texts of one stream as one: Deno's kernel makes an output of every line. */
export function joined(outputs: readonly Output[]): Output[] {
  const all: Output[] = [];
  for (const output of outputs) {
    const last = all.at(-1);
    if (
      output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name
    ) {
      all[all.length - 1] = { ...last, text: wholeText(last.text) + wholeText(output.text) };
    } else all.push(output);
  }
  return all;
}

function jsonHtml(value: unknown): string {
  const json = JSON.stringify(value, null, 2) ?? "null";
  const lines = json.split("\n").length;
  const shown = `<pre>${escapeHtml(json)}</pre>`;
  return lines <= FOLDED_FROM_LINES
    ? shown
    : `<details><summary>JSON, ${lines} lines</summary>${shown}</details>`;
}

/** A type that is not known but is JSON can still be read. */
function otherJson(data: MimeBundle): string | undefined {
  const type = Object.keys(data).sort().find((one) => one.endsWith("+json"));
  return type && note(`Shown as JSON, for this page does not know ${type}:`) + jsonHtml(data[type]);
}
