/**
 * HTML and SVG that an output brings along, made safe: DOMPurify over jsdom, the only DOM without a browser that
 * parses as browsers do (with a laxer parser, what was judged is not what a browser then reads).
 */
import createDOMPurify, { type DOMPurify } from "dompurify";
import { JSDOM } from "jsdom";
import { safeStyle } from "./safe_style.ts";

/** A data URI of a picture made of pixels. */
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/;
/** Where a link may lead: a web page, a mailbox, a place in this page. */
const LINK = /^(?:https?:\/\/|mailto:|#)/i;
/** Attributes of SVG whose value may be `url(#id)`. */
const REFERENCE = /url\(\s*(["']?)([^)]*?)\1\s*\)/gi;
/** Elements that load, ask for input, or change what the rest of the page looks like. */
const FORBIDDEN = [
  "style",
  "form",
  "input",
  "button",
  "select",
  "textarea",
  "audio",
  "video",
  "source",
  "dialog",
];
/** Attributes that load, show on top of the page, or name something for scripts. */
const FORBIDDEN_ATTRIBUTES = [
  "srcset",
  "sizes",
  "poster",
  "background",
  "ping",
  "name",
  "target",
  "autofocus",
  "popover",
  "popovertarget",
  "slot",
];

/** Makes the HTML of one page safe. Begin one for each page, for it numbers the outputs. */
export class Sanitizer {
  readonly #purify: DOMPurify;
  readonly #document: Document;
  readonly #window: { XMLSerializer: typeof XMLSerializer };
  #outputs = 0;

  constructor() {
    const { window } = new JSDOM("");
    this.#document = window.document;
    this.#window = window;
    this.#purify = createDOMPurify(window);
    if (!this.#purify.isSupported) throw new Error("DOMPurify does not work in this jsdom");
    this.#purify.addHook("uponSanitizeAttribute", (element, attribute) => {
      const kept = safeAttribute(element.nodeName, attribute.attrName, attribute.attrValue);
      if (kept === undefined) attribute.keepAttr = false;
      else attribute.attrValue = kept;
    });
  }

  /**
   * The safe part of `html`: no script, handler, form or frame, nothing that is loaded. Its ids get a prefix of
   * their own, so that two charts of a page cannot take each other's gradients. Empty if nothing to see is left.
   */
  html(html: string): string {
    const holder = this.safe(html);
    return holder.hasContent ? holder.element.innerHTML : "";
  }

  /** The same as an element whose content it is, and whether there is anything to see in it. */
  safe(html: string): { element: HTMLElement; hasContent: boolean } {
    const fragment = this.#purify.sanitize(html, {
      RETURN_DOM_FRAGMENT: true,
      ADD_TAGS: ["use"], // of the page itself only, see below; matplotlib's letters are made of them
      FORBID_TAGS: FORBIDDEN,
      FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
      ALLOW_DATA_ATTR: false,
    });
    renameIds(fragment, `o${++this.#outputs}-`);
    const holder = this.#document.createElement("div");
    holder.append(fragment);
    for (const image of holder.querySelectorAll("img:not([src])")) {
      image.replaceWith(
        `[a picture from elsewhere is left out: ${image.getAttribute("alt") ?? ""}]`.replace(
          ": ]",
          "]",
        ),
      );
    }
    const seen = holder.querySelector("svg, img, table, hr, progress, meter, math");
    return { element: holder, hasContent: seen !== null || !!holder.textContent?.trim() };
  }

  /** The same for an SVG file, whose XML prologue HTML does not know. */
  svg(svg: string): string {
    const start = svg.search(/<svg[\s>]/i);
    return start < 0 ? "" : this.html(svg.slice(start));
  }

  /** The same as an element; undefined if nothing to see is left. */
  svgElement(svg: string): SVGElement | undefined {
    const start = svg.search(/<svg[\s>]/i);
    return start < 0
      ? undefined
      : this.safe(svg.slice(start)).element.querySelector("svg") ?? undefined;
  }

  /** A safe picture as a file of its own, dark on light. */
  fileOf(picture: SVGElement): string {
    const alone = picture.cloneNode(true) as SVGElement;
    const style = `color:#1b1b1b;background:#fff;${alone.getAttribute("style") ?? ""}`;
    alone.setAttribute("style", style);
    return new this.#window.XMLSerializer().serializeToString(alone) + "\n";
  }
}

/** The attribute's value as it may stay; undefined if it may not. */
function safeAttribute(element: string, name: string, value: string): string | undefined {
  if (name === "style") return safeStyle(value) || undefined;
  if (name === "src") return PICTURE.test(value) ? value : undefined;
  if (name === "href" || name === "xlink:href") {
    switch (element.toLowerCase()) {
      case "a":
        return LINK.test(value.trim()) ? value.trim() : undefined;
      case "image":
        return PICTURE.test(value) ? value : undefined;
      default: // use, gradients, textPath: only what is in this page
        return /^#[^\s]+$/.test(value) ? value : undefined;
    }
  }
  const references = [...value.matchAll(REFERENCE)];
  if (/url\s*\(/i.test(value) && !references.every(([, , target]) => target!.startsWith("#"))) {
    return undefined;
  }
  return value;
}

/** Gives the fragment's ids a prefix, and everything in it that refers to them. */
function renameIds(fragment: DocumentFragment, prefix: string): void {
  const ids = new Set([...fragment.querySelectorAll("[id]")].map((element) => element.id));
  if (ids.size === 0) return;
  const renamed = (id: string) => ids.has(id) ? prefix + id : id;
  for (const element of fragment.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      const { name, value } = attribute;
      if (name === "id") attribute.value = renamed(value);
      else if (/^(?:for|headers|aria-(?:labelledby|describedby|controls|owns))$/.test(name)) {
        attribute.value = value.split(/\s+/).map(renamed).join(" ");
      } else if (/^(?:xlink:)?href$/.test(name) && value.startsWith("#")) {
        attribute.value = "#" + renamed(value.slice(1));
      } else if (value.includes("url(")) {
        attribute.value = value.replace(REFERENCE, (_, quote, target: string) => {
          return `url(${quote}#${renamed(target.slice(1))}${quote})`;
        });
      }
    }
  }
}
