/** Formulas: TeX to MathML, which browsers draw without fonts or styles of ours. */
import katex from "katex";
import type { MarkedExtension, Tokens } from "marked";
import { escapeHtml } from "../../table/escape.ts";

/** A formula as MathML; one that is no TeX as its source, marked, with what is wrong. */
export function mathHtml(tex: string, display: boolean): string {
  try {
    // Without `trust` a formula can make no link, no image and no attribute.
    const html = katex.renderToString(tex, {
      output: "mathml",
      displayMode: display,
      strict: false,
    });
    return display ? `<div class="math">${html}</div>` : html;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `<code class="bad-math" title="${escapeHtml(why)}">${escapeHtml(tex)}</code>`;
  }
}

/** What `text/latex` holds: one formula with or without its delimiters. */
export function latexHtml(latex: string): string {
  const [, tex] = /^\s*(?:\$\$?|\\\[|\\\()([\s\S]*?)(?:\$\$?|\\\]|\\\))\s*$/.exec(latex) ?? [];
  return mathHtml((tex ?? latex).trim(), true);
}

const BLOCK = /^(?:\$\$([\s\S]+?)\$\$|(\\begin\{([a-z]+\*?)\}[\s\S]+?\\end\{\3\}))[ \t]*(?:\n|$)/;
/** Pandoc's rule, so that "$5 and $10" stays money: no space inside the dollars, no digit behind the last. */
const INLINE = /^\$\$([^$\n]+)\$\$|^\$(?![\s$])((?:\\[^\n]|[^$\\\n])*?)(?<!\s)\$(?!\d)/;

/** `$inline$`, `$$display$$` and `\begin{…}` for marked. The ready-made extension takes money for formulas. */
export const mathExtension: MarkedExtension = {
  extensions: [
    {
      name: "block_math",
      level: "block",
      start: (source) => /^(?:\$\$|\\begin\{)/m.exec(source)?.index,
      tokenizer(source) {
        const match = BLOCK.exec(source);
        return match
          ? { type: "block_math", raw: match[0], text: (match[1] ?? match[2]!).trim() }
          : undefined;
      },
      renderer: (token: Tokens.Generic) => mathHtml(String(token["text"]), true) + "\n",
    },
    {
      name: "inline_math",
      level: "inline",
      start: (source) => {
        const at = source.indexOf("$");
        return at < 0 ? undefined : at;
      },
      tokenizer(source) {
        const match = INLINE.exec(source);
        return match
          ? { type: "inline_math", raw: match[0], text: match[1] ?? match[2]!, display: !!match[1] }
          : undefined;
      },
      renderer: (token: Tokens.Generic) => {
        return mathHtml(String(token["text"]), token["display"] === true);
      },
    },
  ],
};
