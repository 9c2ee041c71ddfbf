/** Safe HTML of an output as Markdown: its tables, texts and pictures. */
import { codeText, fenced, folded, markdownTable, markdownText } from "./markdown_text.ts";
import { linkTarget } from "./markdown.ts";

/** Takes a picture of an output, and gives its Markdown. */
export interface Pictures {
  svg(picture: SVGElement, alt: string): string;
  pixels(dataUri: string, alt: string): string;
}

/** Blocks of text of their own, and what stands before it. */
const BLOCKS: Record<string, string> = {
  P: "",
  LI: "- ",
  H1: "#### ",
  H2: "#### ",
  H3: "#### ",
  H4: "#### ",
  H5: "##### ",
  H6: "###### ",
  BLOCKQUOTE: "> ",
  DT: "",
  DD: "",
  SUMMARY: "",
  FIGCAPTION: "",
  CAPTION: "",
};
/** What keeps its mark: all others are their text. */
const MARKS: Record<string, string> = { B: "strong", STRONG: "strong", I: "em", EM: "em" };

/** The Markdown of an element that the sanitizer has made safe. */
export function htmlMarkdown(element: Element, pictures: Pictures): string {
  const blocks: string[] = [];
  let line = "";
  const end = () => {
    if (line.trim() !== "") blocks.push(line.trim());
    line = "";
  };
  for (const node of element.childNodes) {
    if (node.nodeType !== node.ELEMENT_NODE) {
      line += inlineText(node, pictures);
      continue;
    }
    const one = node as Element;
    const name = one.tagName.toUpperCase();
    if (name === "TABLE") {
      end();
      blocks.push(table(one, pictures));
    } else if (name === "PRE") {
      end();
      blocks.push(fenced(one.textContent ?? ""));
    } else if (name === "DETAILS") {
      end();
      blocks.push(details(one, pictures));
    } else if (name === "HR") {
      end();
      blocks.push("---");
    } else if (name === "SVG" || name === "IMG") {
      end();
      blocks.push(picture(one, pictures));
    } else if (name in BLOCKS && !one.querySelector("table, pre, p, li, svg, img")) {
      end();
      const inside = inlineText(one, pictures).trim();
      if (inside !== "") blocks.push(BLOCKS[name] + inside);
    } else if (isBlock(one)) {
      end();
      const inside = htmlMarkdown(one, pictures);
      if (inside !== "") blocks.push(inside);
    } else {
      line += inlineText(one, pictures);
    }
  }
  end();
  return blocks.join("\n\n");
}

function isBlock(element: Element): boolean {
  return element.tagName in BLOCKS ||
    /^(?:DIV|SECTION|ARTICLE|FIGURE|UL|OL|DL|DETAILS|MAIN|HEADER|FOOTER)$/i.test(element.tagName) ||
    element.querySelector("table, pre, p, div, li, svg, img") !== null;
}

function details(element: Element, pictures: Pictures): string {
  const rest = element.cloneNode(true) as Element;
  const summary = rest.querySelector("summary");
  summary?.remove();
  return folded(summary?.textContent?.trim() ?? "More", htmlMarkdown(rest, pictures));
}

function table(element: Element, pictures: Pictures): string {
  const cells = (row: Element) =>
    [...row.children].map((cell) => inlineText(cell, pictures).trim());
  const rows = [...element.querySelectorAll("tr")];
  const [first] = rows;
  const hasHead = first !== undefined &&
    [...first.children].every((cell) =>
      cell.tagName === "TH" && cell.getAttribute("scope") !== "row"
    );
  const caption = element.querySelector("caption");
  const body = hasHead ? rows.slice(1) : rows;
  const made = markdownTable(
    hasHead ? cells(first) : [],
    body.map(cells),
    (column) => body.length > 0 && body.every((row) => isRight(row.children[column])),
  );
  return caption ? `${inlineText(caption, pictures).trim()}\n\n${made}` : made;
}

/** Whether a cell stands to the right, as numbers do. */
function isRight(cell: Element | undefined): boolean {
  return cell !== undefined &&
    (cell.classList.contains("right") ||
      /text-align:\s*right/.test(cell.getAttribute("style") ?? ""));
}

/** One line: spaces around what is inside stay, for words stand beside it. */
function inlineText(node: Node, pictures: Pictures): string {
  if (node.nodeType === node.TEXT_NODE) {
    const text = node.textContent ?? "";
    const escaped = markdownText(text);
    if (escaped === "") return text === "" ? "" : " ";
    return (/^\s/.test(text) ? " " : "") + escaped + (/\s$/.test(text) ? " " : "");
  }
  if (node.nodeType !== node.ELEMENT_NODE) return "";
  const element = node as Element;
  const name = element.tagName.toUpperCase();
  if (name === "BR") return " ";
  if (name === "SVG" || name === "IMG") return picture(element, pictures);
  // A line does not unfold: the whole is there, and its beginning is not said twice.
  if (name === "SUMMARY" && element.nextElementSibling) return "";
  if (name === "CODE") return codeText(element.textContent ?? "");
  const inside = [...element.childNodes].map((child) => inlineText(child, pictures)).join("");
  const target = name === "A" ? linkTarget(element.getAttribute("href") ?? "") : undefined;
  if (target !== undefined) return `[${inside}](${address(target)})`;
  const mark = MARKS[name];
  if (mark && inside.trim() !== "") return `<${mark}>${inside}</${mark}>`;
  return isBlock(element) ? ` ${inside} ` : inside;
}

/** An address in which no character ends a link or a cell. */
function address(target: string): string {
  return target.replace(
    /[\s<>()[\]\\|`*_"'&]/g,
    (character) =>
      character === "&" ? "&amp;" : `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function picture(element: Element, pictures: Pictures): string {
  if (element.tagName.toUpperCase() === "IMG") {
    return pictures.pixels(element.getAttribute("src") ?? "", element.getAttribute("alt") ?? "");
  }
  const title = element.querySelector("title")?.textContent ?? element.getAttribute("aria-label");
  return pictures.svg(element as SVGElement, title ?? "Picture");
}
