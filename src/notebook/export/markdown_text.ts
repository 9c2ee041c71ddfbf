/** Text that becomes part of GitHub-flavoured Markdown. Nothing goes into a file that did not come through here. */
import { Marked } from "marked";
import { escapeHtml } from "../../table/escape.ts";
import { visible } from "../../table/text.ts";
import { decodeEntities } from "./html.ts";
import { linkTarget } from "./markdown.ts";

/**
 * Text in a line of Markdown that is read as it is written: no character of it is a mark, a tag, a link or a cell's end.
 * Underscores between letters mean nothing and stay.
 */
export function markdownText(text: string): string {
  const line = visible(text.replace(/\s+/g, " ").trim());
  return line
    .replace(/[\\`*[\]|~$!]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&")
    .replace(/[&<>]/g, escapeHtml)
    .replace(/:(?=\/\/)|(?<=www)\./gi, "\\$&")
    .replace(
      /^(?:[-+#=]|\d+(?=[.)](?:\s|$)))/,
      (mark) => /\d/.test(mark) ? `${mark}\\` : `\\${mark}`,
    );
}

/** Text as a block of code, in a fence that no line of it can end. */
export function fenced(text: string, language = "text"): string {
  const lines = text.replace(/\r\n?/g, "\n").split("\n").map((line) =>
    visible(line.replaceAll("\t", "    "))
  );
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${lines.join("\n").replace(/\n+$/, "")}\n${fence}`;
}

/** A table whose cells are Markdown of one line already; the columns that `isRight` names by their places stand to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
): string {
  const width = Math.max(head.length, ...rows.map((row) => row.length));
  const line = (cells: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, at) => cells[at] ?? "").join(" | ")} |`;
  const sides = Array.from({ length: width }, (_, at) => isRight(at) ? "---:" : "---");
  return [line(head), line(sides), ...rows.map(line)].join("\n");
}

/** Something that is there, and is not in the way. */
export function folded(summary: string, inside: string): string {
  return `<details>\n<summary>${escapeHtml(visible(summary))}</summary>\n\n${inside}\n\n</details>`;
}

/** Somebody's Markdown in which tags are text, links lead only where links may, and no picture is loaded from elsewhere. */
export function harmlessMarkdown(markdown: string): string {
  const tokens = new Marked({ gfm: true }).lexer(markdown);
  return tokens.map((token) => {
    switch (token.type) {
      case "code":
        return fenced(String(token["text"]), /^\w+/.exec(String(token["lang"] ?? ""))?.[0] ?? "") +
          "\n";
      case "html":
        return /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)+$/.test(token.raw) ? "" : inline(token.raw);
      default:
        return inline(token.raw);
    }
  }).join("").trim();
}

function inline(markdown: string): string {
  const turned = markdown.replace(/[\p{Bidi_Control}]/gu, visible);
  // Code between backticks could be taken for something else by another reader of Markdown: as a tag it cannot.
  return turned.split(/(?<!`)(`+)(?!`)([^]*?[^`])\1(?!`)/).map((part, at) =>
    at % 3 === 0 ? outsideCode(part) : at % 3 === 1 ? "" : codeText(part)
  ).join("");
}

/** Text as code in a line: what could be a mark is written by its number. */
export function codeText(text: string): string {
  const line = visible(text.replace(/\s+/g, " ").trim());
  if (/^[^`<>&|\\]+$/.test(line)) return `\`${line}\``;
  const inside = line.replace(
    /[^\p{L}\p{N}\p{M} ,;=%/-]/gu,
    (mark) => `&#${mark.codePointAt(0)};`,
  );
  return `<code>${inside}</code>`;
}

function outsideCode(markdown: string): string {
  return markdown
    .replace(/<(?!https?:\/\/[^\s<>]*>|mailto:[^\s<>]*>)/gi, "&lt;")
    .replace(/!(?=\[[^\]]*\]\((?!attachment:))/g, "")
    .replace(
      /(\](?:\(|:)\s*<?)((?:[^\s()<>]|\([^\s()<>]*\))+)/g,
      (_, before: string, target: string) => {
        const isSafe = target.startsWith("attachment:") ||
          linkTarget(decodeEntities(target)) !== undefined;
        return before + (isSafe ? target : "#");
      },
    );
}
