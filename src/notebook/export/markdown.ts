/** Markdown as HTML in which nothing but Markdown counts: tags in it are text, and links lead only where links may. */
import GithubSlugger, { slug } from "github-slugger";
import { Marked, type Token, type Tokens } from "marked";
import { codeHtml } from "./highlighted_code.ts";
import { escapeHtml } from "../../table/escape.ts";
import { decodeEntities } from "./html.ts";
import { mathExtension } from "./math.ts";
import type { MimeBundle } from "./nbformat.ts";
import { pixels } from "./picture.ts";

/** A heading of the page, for its contents. */
export interface Heading {
  /** 1 to 6. */
  depth: number;
  /** What it says, without its marks. */
  text: string;
  /** Its `id`, as GitHub would make it. */
  id: string;
}

/** Renders the Markdown of one page, and collects its headings as they come. */
export class MarkdownPage {
  /** The headings rendered so far, in order. */
  readonly headings: Heading[] = [];
  readonly #slugger = new GithubSlugger();
  readonly #marked: Marked;
  #attachments: Record<string, MimeBundle> = {};

  constructor() {
    this.#marked = new Marked({ gfm: true, async: false }, mathExtension, {
      renderer: {
        // A comment says nothing to the reader; every other tag is shown as it was written.
        html: ({ text, raw }) => {
          return /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)+$/.test(raw) ? "" : escapeHtml(text);
        },
        heading: ({ depth, tokens }) => {
          const text = plain(tokens).trim();
          const id = this.#slugger.slug(text) || this.#slugger.slug("section");
          this.headings.push({ depth, text, id });
          return `<h${depth} id="${escapeHtml(id)}">${this.#inline(tokens)}</h${depth}>\n`;
        },
        link: ({ href, title, tokens }) => {
          const inner = this.#inline(tokens);
          const target = linkTarget(decodeEntities(href));
          return target === undefined
            ? `${inner} (<code>${escapeHtml(href)}</code>)`
            : `<a href="${escapeHtml(target)}"${titled(title)}>${inner}</a>`;
        },
        image: ({ href, title, text }) => {
          const source = this.#picture(href);
          if (source) return `<img src="${source}" alt="${escapeHtml(text)}"${titled(title)}>`;
          const target = linkTarget(decodeEntities(href)); // this page loads nothing: the reader may
          const inner = escapeHtml(text || href);
          return target === undefined ? inner : `<a href="${escapeHtml(target)}">${inner}</a>`;
        },
        code: ({ text, lang }) => {
          const language = /^\w+/.exec(lang ?? "")?.[0] ?? "";
          const known = { ts: "typescript", js: "typescript", sh: "bash", py: "python" }[language];
          return `<pre><code>${codeHtml(text, known ?? language)}</code></pre>\n`;
        },
        table(token) {
          const cell = (one: Tokens.TableCell) => {
            const tag = one.header ? "th" : "td";
            const side = one.align ? ` class="${one.align}"` : "";
            return `<${tag}${side}>${this.parser.parseInline(one.tokens)}</${tag}>`;
          };
          const row = (cells: Tokens.TableCell[]) => `<tr>${cells.map(cell).join("")}</tr>\n`;
          return `<div class="wide"><table><thead>${row(token.header)}</thead><tbody>\n` +
            `${token.rows.map(row).join("")}</tbody></table></div>\n`;
        },
      },
    });
  }

  /** The HTML of one piece of Markdown. `attachments` are the images that its cell carries. */
  html(markdown: string, attachments: Record<string, MimeBundle> = {}): string {
    this.#attachments = attachments;
    return this.#marked.parse(markdown, { async: false });
  }

  #inline(tokens: Token[]): string {
    return this.#marked.Parser.parseInline(tokens, this.#marked.defaults);
  }

  /** The data URI of a picture that is here already; undefined for one that would have to be fetched. */
  #picture(href: string): string | undefined {
    if (/^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/.test(href)) return href;
    if (!href.startsWith("attachment:")) return undefined;
    const name = href.slice("attachment:".length);
    const attached = Object.hasOwn(this.#attachments, name) ? name : decoded(name);
    return Object.hasOwn(this.#attachments, attached)
      ? pixels(this.#attachments[attached]!)
      : undefined;
  }
}

/** Where a link leads: a web page, a mailbox, or a heading of this page; undefined for any other scheme. */
export function linkTarget(href: string): string | undefined {
  if (/^(?:https?:\/\/|mailto:)/i.test(href)) return href;
  // JupyterLab's "#My-Heading" is GitHub's "#my-heading".
  if (href.startsWith("#")) return "#" + slug(decoded(href.slice(1)));
  // A neighbour's file: no scheme (nothing before a colon but a path), and no other machine.
  return /^(?![/\\]{2})[^:?#\\]*(?:[?#].*)?$/.test(href) && href !== "" ? href : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone "%": as it stands
  }
}

function titled(title: string | null | undefined): string {
  return title ? ` title="${escapeHtml(title)}"` : "";
}

/** The text that a reader of these tokens sees. */
function plain(tokens: readonly Token[]): string {
  return tokens.map((token) => {
    if ("tokens" in token && token.tokens) return plain(token.tokens);
    if (token.type === "br") return " ";
    if (token.type === "html" && token.raw.startsWith("<!--")) return "";
    return "text" in token ? decodeEntities(String(token.text)) : token.raw;
  }).join("");
}
