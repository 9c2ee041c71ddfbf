/** An executed notebook as GitHub-flavoured Markdown, with its pictures as files beside it. */
import { pageFigure } from "./figure.ts";
import { figureTable } from "./figure_table.ts";
import { htmlMarkdown, type Pictures } from "./html_markdown.ts";
import {
  codeText,
  fenced,
  folded,
  harmlessMarkdown,
  markdownTable,
  markdownText,
} from "./markdown_text.ts";
import { type Cell, type MimeBundle, type Notebook, type Output, wholeText } from "./nbformat.ts";
import { joined } from "./outputs.ts";
import { pixels } from "./picture.ts";
import { factsOf, type ReportProvenance } from "./provenance.ts";
import { Sanitizer } from "./sanitizer.ts";
import { terminalText } from "./terminal_text.ts";

/** JSON of more lines than these is folded. */
const FOLDED_FROM_LINES = 20;
const FIGURE = "application/vnd.plotly.v1+json";

/** How a notebook becomes Markdown. */
export interface MarkdownOptions {
  /** The folder of the pictures, as the Markdown names it: beside it. */
  folder: string;
  /** Where the numbers come from. Without it there is no foot. */
  provenance?: ReportProvenance;
  /** The charts as SVG, in their order; undefined for one that could not be drawn. Without any they are tables. */
  charts?: readonly (string | undefined)[];
}

/** Markdown, and the pictures in its folder by their names. */
export interface MarkdownFile {
  markdown: string;
  pictures: Map<string, string | Uint8Array>;
}

/** The notebook as Markdown. Whatever an output says is text in it. */
export function exportMarkdown(notebook: Notebook, options: MarkdownOptions): MarkdownFile {
  return new MarkdownWriter(notebook, options).file();
}

class MarkdownWriter {
  readonly #sanitizer = new Sanitizer();
  readonly #files = new Map<string, string | Uint8Array>();
  readonly #language: string;
  #charts = 0;
  readonly #pictures: Pictures = {
    svg: (picture, alt) => this.#kept(this.#sanitizer.fileOf(picture), "svg", alt),
    pixels: (uri, alt) => this.#pixels(uri, alt),
  };

  constructor(private readonly notebook: Notebook, private readonly options: MarkdownOptions) {
    this.#language = notebook.metadata?.language_info?.name ??
      notebook.metadata?.kernelspec?.language ?? "typescript";
  }

  file(): MarkdownFile {
    const { provenance } = this.options;
    const cells = this.notebook.cells.flatMap((cell) => this.#cell(cell));
    const parts = [...cells, ...(provenance ? foot(provenance) : [])];
    return {
      markdown: parts.filter((part) => part !== "").join("\n\n") + "\n",
      pictures: this.#files,
    };
  }

  #cell(cell: Cell): string[] {
    const source = wholeText(cell.source);
    switch (cell.cell_type) {
      case "markdown":
        return [this.#attached(harmlessMarkdown(source), cell.attachments ?? {})];
      case "code":
        return [
          source.trim() === "" ? "" : folded("Code", fenced(source, this.#language)),
          ...joined(cell.outputs ?? []).map((output) => this.#output(output)),
        ];
      default:
        return [fenced(source)];
    }
  }

  /** Its own pictures: each `attachment:name` is a file. */
  #attached(markdown: string, attachments: Record<string, MimeBundle>): string {
    return markdown.replace(/!\[([^\]]*)\]\(attachment:([^\s)]+)[^)]*\)/g, (_, alt, name) => {
      const bundle = Object.entries(attachments)
        .find(([one]) => one === name || encodeURIComponent(one) === name)?.[1];
      return this.#pixels(pixels(bundle ?? {}) ?? "", alt);
    });
  }

  #output(output: Output): string {
    switch (output.output_type) {
      case "stream":
        return fenced(terminalText(wholeText(output.text)));
      case "error": {
        const title = [output.ename, output.evalue].map(wholeText).filter((one) => one !== "");
        const trace = terminalText((output.traceback ?? []).map(wholeText).join("\n"));
        return `<strong>${markdownText(terminalText(title.join(": ")))}</strong>` +
          (trace ? `\n\n${fenced(trace)}` : "");
      }
      case "display_data":
      case "execute_result":
        return this.#bundle(output.data ?? {});
      default:
        return note("An output of an unknown kind is not shown.");
    }
  }

  /** The richest form of the bundle that Markdown can show. */
  #bundle(data: MimeBundle): string {
    const forms = [FIGURE, "text/html", "image/svg+xml", "pixels", "text/markdown", "text/latex"];
    for (const form of [...forms, "application/json", "text/plain"]) {
      const shown = form in data || form === "pixels" ? this.#form(form, data) : "";
      if (shown) return shown;
    }
    const types = Object.keys(data).sort().join(", ") || "nothing";
    return note(`This output cannot be shown here: it is ${types}.`);
  }

  #form(form: string, data: MimeBundle): string {
    const text = wholeText(data[form] ?? "");
    const alt = wholeText(data["text/plain"] ?? "Picture").trim().slice(0, 200);
    switch (form) {
      case FIGURE:
        return this.#chart(data);
      case "text/html":
        return this.#html(text);
      case "image/svg+xml": {
        const picture = this.#sanitizer.svgElement(text);
        const title = picture?.querySelector("title")?.textContent;
        return picture ? this.#pictures.svg(picture, title || alt.split("\n")[0]!) : "";
      }
      case "pixels": {
        const uri = pixels(data);
        return uri ? this.#pixels(uri, alt) : "";
      }
      case "text/markdown":
        return harmlessMarkdown(text);
      case "text/latex":
        return fenced(text.replace(/^\s*\$\$?|\$\$?\s*$/g, ""), "math");
      case "application/json": {
        const json = JSON.stringify(data[form], null, 2) ?? "null";
        const lines = json.split("\n").length;
        const shown = fenced(json, "json");
        return lines <= FOLDED_FROM_LINES ? shown : folded(`JSON, ${lines} lines`, shown);
      }
      default:
        return text.trim() === "" ? "" : fenced(terminalText(text));
    }
  }

  #html(html: string): string {
    const { element, hasContent } = this.#sanitizer.safe(html);
    return hasContent ? htmlMarkdown(element, this.#pictures) : "";
  }

  #chart(data: MimeBundle): string {
    const figure = pageFigure(data[FIGURE]);
    if (!figure) return "";
    const drawn = this.options.charts?.[this.#charts++];
    const table = this.#html(wholeText(data["text/html"] ?? "")) || this.#html(figureTable(figure));
    const title = figure.title || "Chart";
    if (drawn !== undefined) {
      const picture = this.#kept(drawn, "svg", title);
      return table ? `${picture}\n\n${folded("Data of this chart", table)}` : picture;
    }
    const why = this.options.charts
      ? "this chart could not be drawn"
      : "there was no browser to draw this chart";
    return [`<strong>${markdownText(title)}</strong>`, note(`Its data alone: ${why}.`), table]
      .join("\n\n");
  }

  #pixels(uri: string, alt: string): string {
    const [, type, base64] = /^data:image\/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]*)$/
      .exec(uri) ?? [];
    if (!type || !base64) return note("A picture from elsewhere is left out.");
    return this.#kept(Uint8Array.fromBase64(base64.replace(/\s+/g, "")), type, alt);
  }

  #kept(content: string | Uint8Array, ending: string, alt: string): string {
    const name = `picture-${this.#files.size + 1}.${ending}`;
    this.#files.set(name, content);
    const folder = encodeURIComponent(this.options.folder).replace(
      /[()']/g,
      (one) => `%${one.charCodeAt(0).toString(16)}`,
    );
    return `![${markdownText(alt)}](${folder}/${name})`;
  }
}

function note(text: string): string {
  return `<em>${markdownText(text)}</em>`;
}

function foot(provenance: ReportProvenance): string[] {
  const { facts, columns, rows, checks } = factsOf(provenance);
  const text = (cells: readonly string[]) => cells.map(markdownText);
  return [
    "---",
    "## Provenance",
    markdownTable(["", ""], facts.map(text)),
    rows.length === 0 ? "It read no log." : markdownTable(columns, rows.map(text)),
    "To check it:",
    checks.map(([command, does]) => `- ${codeText(command)} ${markdownText(does)}`).join("\n"),
  ];
}
