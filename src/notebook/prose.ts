/** Sentences that are computed: what a notebook concludes. */
import { escapeHtml } from "../table/escape.ts";
import { visible } from "../table/text.ts";
import type { MimeBundle } from "./show.ts";

/** A paragraph; made by {@linkcode prose}. */
export class Prose {
  /**
   * @param parts the notebook's own words
   * @param values what stands between them
   */
  constructor(
    private readonly parts: readonly string[],
    private readonly values: readonly unknown[],
  ) {}

  /** As text. */
  toString(): string {
    return this.#joined((text) => text, said);
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    const html = this.#joined(
      escapeHtml,
      (value) => `<b><bdi>${escapeHtml(said(value))}</bdi></b>`,
    );
    return { "text/html": `<p>${html}</p>`, "text/plain": this.toString() };
  }

  #joined(words: (text: string) => string, value: (value: unknown) => string): string {
    return this.parts.map((part, at) =>
      words(part) + (at < this.values.length ? value(this.values[at]) : "")
    ).join("");
  }
}

/**
 * A paragraph whose numbers and names are computed. What is put in with `${…}` is text, whatever is in it; a list is
 * joined by "and".
 *
 * @example
 * ```ts
 * import { prose } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const names = ["web-01", "web-02"];
 * strictEqual(String(prose`${1_234} events, the last of ${names}.`), "1,234 events, the last of web-01 and web-02.");
 * ```
 */
export function prose(parts: TemplateStringsArray, ...values: unknown[]): Prose {
  return new Prose([...parts], values);
}

/** A value as people read it. */
function said(value: unknown): string {
  if (Array.isArray(value)) {
    const all = value.map(said);
    return all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all.join("");
  }
  if (value instanceof Date) return `${value.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (typeof value === "number" || typeof value === "bigint") {
    return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
  }
  return visible(String(value ?? "nothing"));
}
