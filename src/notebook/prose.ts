/** Sentences that are computed: what a notebook concludes. */
import { exactText } from "../table/cell.ts";
import { escapeHtml } from "../table/escape.ts";
import { numberText } from "../table/number.ts";
import { visible } from "../table/text.ts";
import type { MimeBundle } from "./show.ts";

/** What stands in the text for a value. No word of a notebook has it: it is taken out of them. */
const MARK = "\0";

/** How a form of the text writes the notebook's own words, values, paragraphs, and lists of points. */
interface Form {
  words(text: string): string;
  value(text: string): string;
  paragraph(inside: string): string;
  points(inside: readonly string[]): string;
  between: string;
}

/** Some paragraphs; made by {@linkcode prose}. */
export class Prose {
  readonly #text: string;
  readonly #values: readonly unknown[];

  /**
   * @param parts the notebook's own words
   * @param values what stands between them
   */
  constructor(parts: readonly string[], values: readonly unknown[]) {
    this.#text = parts.map((part) => part.replaceAll(MARK, "")).join(MARK);
    this.#values = values;
  }

  /** As text. */
  toString(): string {
    return this.#as(TEXT);
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return {
      "text/html": this.#as(HTML),
      "text/markdown": this.#as(MARKDOWN),
      "text/plain": this.#as(TEXT),
    };
  }

  #as(form: Form): string {
    let next = 0;
    const inside = (text: string) =>
      text.split(MARK).map((words, at) =>
        (at > 0 ? said(this.#values[next++], form) : "") + form.words(words.replace(/\s+/g, " "))
      ).join("");
    return this.#text.split(/\n[^\S\n]*\n/).map((block) => block.trim())
      .filter((block) => block !== "")
      .map((block) => {
        const points = block.split(/\n\s*(?=- )/);
        return points.every((point) => point.startsWith("- "))
          ? form.points(points.map((point) => inside(point.slice(2))))
          : form.paragraph(inside(block));
      }).join(form.between);
  }
}

/**
 * A paragraph whose numbers and names are computed. What is put in with `${…}` is text, whatever is in it, and stands
 * out: numbers with their thousands apart and four significant digits (whole ones with all), moments in UTC, lists joined
 * by "and". An empty line begins a new paragraph; lines that begin with `- ` are a list of points.
 *
 * @example
 * ```ts
 * import { prose } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const names = ["web-01", "web-02"];
 * strictEqual(
 *   String(prose`${1_234} events from ${names}, the last at ${"2026-10-07T10:00:00.000000Z"}.`),
 *   "1,234 events from web-01 and web-02, the last at 2026-10-07 10:00 UTC.",
 * );
 * ```
 */
export function prose(parts: TemplateStringsArray, ...values: unknown[]): Prose {
  return new Prose([...parts], values);
}

const TEXT: Form = {
  words: (text) => text,
  value: (text) => text,
  paragraph: (inside) => inside,
  points: (inside) => inside.map((one) => `- ${one}`).join("\n"),
  between: "\n\n",
};

const HTML: Form = {
  words: escapeHtml,
  value: (text) => {
    const isMoment = /^\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d+)?)? UTC$/.test(text);
    return `<b><bdi${isMoment ? ' style="white-space:nowrap"' : ""}>${escapeHtml(text)}</bdi></b>`;
  },
  paragraph: (inside) => `<p>${inside}</p>`,
  points: (inside) => `<ul>${inside.map((one) => `<li>${one}</li>`).join("")}</ul>`,
  between: "\n",
};

/** Every punctuation mark of a value by its number, so that none is markup, a link, or a formula. */
const MARKDOWN: Form = {
  ...TEXT,
  words: (text) => text.replace(/[\\`*_[\]<>&#|~$]/g, byNumber),
  value: (text) => text.replace(/[!-/:-@[-`{-~]/g, byNumber),
};

function byNumber(mark: string): string {
  return `&#${mark.charCodeAt(0)};`;
}

/** A value as people read it. */
function said(value: unknown, form: Form): string {
  if (Array.isArray(value) && value.length > 0) {
    const all = value.map((one) => said(one, form));
    const last = all.pop()!;
    return all.length > 0 ? `${all.join(", ")} and ${last}` : last;
  }
  return form.value(plain(value));
}

function plain(value: unknown): string {
  if (value === null || value === undefined || Array.isArray(value)) return "nothing";
  if (value === "") return '""';
  if (typeof value === "number" || typeof value === "bigint") return numberText(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "no moment" : moment(value.toISOString());
  }
  if (typeof value === "string") return visible(moment(value));
  const isPlain = typeof value === "object" &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return visible(isPlain ? exactText(value) : String(value));
}

/** A moment of RFC 3339 in UTC without the digits that say nothing; any other text as it is. */
function moment(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?Z$/.exec(text);
  if (!match) return text;
  const [, day, minute, second = "", fraction = ""] = match;
  const rest = fraction.replace(/\.?0+$/, "");
  return `${day} ${minute}${rest ? second + rest : second === ":00" ? "" : second} UTC`;
}
